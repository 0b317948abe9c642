/** What tests of media look at: sections, frames and the pixels in them. */

import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { type House, type OpenedPage, openPage } from "./page-test.ts";

export async function openMedia(house: House, path = "/media?project=media"): Promise<OpenedPage> {
  const opened = await openPage(house, path);
  await opened.page.locator(".bar .stepper").waitFor();
  await opened.page.locator("section[data-key] .frame img").first().waitFor();
  return opened;
}

export function section(page: Page, key: string): Locator {
  return page.locator(`section[data-key="${key}"]`);
}

export function frame(page: Page, key: string, place: number): Locator {
  return section(page, key).locator("button.frame").nth(place);
}

/** The pixel of a shown picture, as the browser decoded it. */
export async function pixelOf(picture: Locator, x: number, y: number): Promise<number[]> {
  return picture.evaluate(
    async (element, at) => {
      const image = (element.querySelector("img") ?? element) as HTMLImageElement;
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext("2d", { willReadFrequently: true })!;
      context.drawImage(image, 0, 0);
      return [...context.getImageData(at.x, at.y, 1, 1).data].slice(0, 3);
    },
    { x, y },
  );
}

export function stepValue(page: Page): Promise<string> {
  return page.locator(".bar .stepper output").innerText();
}

export async function waitForPictures(of: Locator, count: number): Promise<void> {
  await expect
    .poll(() =>
      of.locator(".frame img").evaluateAll(
        (images) =>
          images.filter((one) => {
            const image = one as HTMLImageElement;
            return image.complete && image.naturalWidth > 0;
          }).length,
      ),
    )
    .toBe(count);
}

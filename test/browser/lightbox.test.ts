import { expect } from "vitest";
import { logFarSteps, logMedia, pixelAt } from "./logged-pictures.ts";
import { frame, openMedia, pixelOf, section, stepValue, waitForPictures } from "./media-page.ts";
import { openPage, test, useHouse } from "./page-test.ts";

const house = useHouse(async (root) => {
  await logMedia(root);
  await logFarSteps(root);
});

test("the lightbox walks pictures, runs and steps by keys, zooms, and gives the focus back", async () => {
  await using opened = await openMedia(house, "/media?project=media&step=2000");
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 9);
  const first = frame(page, "samples", 0);
  await first.click();
  const box = page.locator("dialog.lightbox");
  const large = box.locator(".zoomed img");
  const shows = (run: number, step: number, place: number) =>
    expect.poll(() => pixelOf(large, 5, 6)).toEqual(pixelAt(run, step, place, 5, 6));
  await shows(2, 2000, 0);
  expect(await box.locator("b").innerText()).toBe("three");
  await page.keyboard.press("ArrowRight");
  await shows(2, 2000, 1);
  expect(await box.locator(".lightbox-caption").innerText()).toBe("noon");
  await page.keyboard.press("ArrowDown");
  await shows(1, 2000, 1);
  expect(await box.locator("b").innerText()).toBe("two");
  await page.keyboard.press(",");
  await shows(1, 1000, 1);
  expect(await box.locator(".lightbox-step").innerText()).toContain("step 1,000");
  expect(await box.locator("footer").innerText()).toContain("16 × 16 PNG");
  // A link to it, or the page loaded again, shows the same.
  await expect.poll(() => page.url()).toMatch(/picture=samples%2C\w+%2C1000%2C1/);
  await page.reload();
  await shows(1, 1000, 1);
  const width = async () => (await large.boundingBox())!.width;
  const fitted = await width();
  await page.keyboard.press("+");
  await expect.poll(width).toBeGreaterThan(fitted * 1.3);
  await page.keyboard.press("0");
  await expect.poll(width).toBeCloseTo(fitted, 0);
  await box.locator(".zoom-stage").dblclick({ position: { x: 700, y: 400 } });
  await expect.poll(() => box.locator("footer").innerText()).toContain("100 %");
  expect(await large.getAttribute("class")).not.toContain("enlarged");
  await page.mouse.wheel(0, -400);
  await expect.poll(() => large.getAttribute("class")).toContain("enlarged");
  const href = await box.locator('a[aria-label="Download"]').getAttribute("href");
  const download = await fetch(href!);
  expect(download.headers.get("content-disposition")).toContain("samples_1000_1.png");
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
  await first.click();
  await shows(2, 2000, 0);
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
  expect(await first.evaluate((element) => element === document.activeElement)).toBe(true);
  await expect.poll(() => page.url()).not.toContain("picture=");
});

test("the lightbox tells where its steps end and which of how many is shown, and its buttons stay", async () => {
  await using opened = await openMedia(house, "/media?project=far");
  const { page } = opened;
  const box = page.locator("dialog.lightbox");
  const button = (name: string) => box.getByRole("button", { name });
  await frame(page, "samples", 2).click();
  await expect.poll(() => box.innerText()).toContain("3 of 3");
  expect(await button("Later step").getAttribute("aria-disabled")).toBe("true");
  const place = await button("Later step").boundingBox();
  await button("Earlier step").click();
  await expect.poll(() => box.locator(".lightbox-step").innerText()).toBe("step 6");
  expect(await button("Later step").getAttribute("aria-disabled")).toBe("false");
  expect(await button("Later step").boundingBox()).toEqual(place);
  await button("Earlier step").click();
  expect(await button("Earlier step").getAttribute("aria-disabled")).toBe("true");
  // A button that is off under the focus takes no key away.
  await page.keyboard.press("End");
  await expect.poll(() => box.locator(".lightbox-step").innerText()).toBe("step 1,000,000,000");
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
  // A link may name a place that the step does not have.
  const id = new URL(
    await page.evaluate(() => performance.getEntriesByType("navigation")[0]!.name),
  );
  await frame(page, "samples", 2).click();
  await expect.poll(() => page.url()).toContain("picture=");
  id.search = new URL(page.url()).search.replace(/%2C2$/, "%2C9");
  await page.goto(id.href);
  await expect.poll(() => box.innerText()).toContain("3 of 3");
});

test("another step moves no scroll position, and the lightbox keeps its zoom from picture to picture", async () => {
  await using opened = await openPage(house, "/media?project=media&picture_size=l", {
    height: 500,
  });
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 6);
  const scroll = page.locator(".media-page");
  await scroll.evaluate((element) => element.scrollTo({ top: 300 }));
  await page.getByRole("button", { name: "Earlier step" }).click();
  expect(await stepValue(page)).toBe("3,000");
  await expect
    .poll(() => pixelOf(frame(page, "samples", 2), 0, 0))
    .toEqual(pixelAt(1, 3000, 1, 0, 0));
  expect(await scroll.evaluate((element) => element.scrollTop)).toBe(300);
  await frame(page, "samples", 2).click();
  const large = page.locator("dialog.lightbox .zoomed img");
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  const zoomed = await large.boundingBox();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => pixelOf(large, 0, 0)).toEqual(pixelAt(1, 3000, 2, 0, 0));
  expect(await large.boundingBox()).toEqual(zoomed);
});

test("Back leaves a picture and all steps of a key; a picture that is closed is not met again", async () => {
  await using opened = await openMedia(house);
  const { page } = opened;
  const dialog = page.locator("dialog");
  await frame(page, "samples", 1).click();
  await dialog.waitFor();
  await page.goBack();
  await dialog.waitFor({ state: "detached" });
  expect(page.url()).not.toContain("picture=");
  await page.goForward();
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await section(page, "samples").getByRole("button", { name: "All steps" }).click();
  await page.locator(".all-steps").waitFor();
  await page.goBack();
  await page.locator(".all-steps").waitFor({ state: "detached" });
  expect(await dialog.count()).toBe(0);
});

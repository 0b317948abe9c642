import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import {
  CAPTIONS,
  clip,
  logFarSteps,
  logMedia,
  picture,
  pixelAt,
  STEPS,
} from "./logged-pictures.ts";
import { frame, openMedia, pixelOf, section, stepValue, waitForPictures } from "./media-page.ts";
import { openPage, test, useHouse } from "./page-test.ts";

const POWERFUL_SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="window.top.taken = 1">
<script>window.taken = 1; parent.taken = 1; top.taken = 1; fetch("/api/v1/projects").then(() => { top.taken = 2; });</script>
<rect width="40" height="40" fill="#00ff00"/></svg>`;

/** What says that it is an MP4, and little else. */
function heavyClip(): Uint8Array {
  const bytes = Buffer.alloc(5_000_000);
  bytes.writeUInt32BE(16, 0);
  bytes.write("ftypisom", 4);
  bytes.writeUInt32BE(bytes.length - 16, 16);
  bytes.write("free", 20);
  return bytes;
}

const house = useHouse(async (root) => {
  await logMedia(root);
  await logFarSteps(root);
  const odd = trackio.init({ dir: root, project: "odd", name: "odd" });
  odd.log({ vector: new trackio.Image(Buffer.from(POWERFUL_SVG), { caption: "a green square" }) });
  await odd.finish();
  const heavy = trackio.init({ dir: root, project: "heavy", name: "heavy" });
  heavy.log({ film: [new trackio.Video(heavyClip()), clip(5)] });
  await heavy.finish();
  const kept = join(root, "weights.json");
  await writeFile(kept, '{"w":[1,2,3]}');
  const saver = trackio.init({ dir: root, project: "files", name: "saver" });
  saver.log({ loss: 1 });
  trackio.save(kept);
  await saver.finish();
});

test("every picture is shown with the pixels that were logged, run beside run at the newest step", async () => {
  await using opened = await openMedia(house);
  const { page } = opened;
  expect(await stepValue(page)).toBe("4,000");
  const samples = section(page, "samples");
  await waitForPictures(samples, 6);
  expect(await samples.locator(".who .cut").allInnerTexts()).toEqual(["three", "two", "one"]);
  // Rows are newest run first: the third run has none here, then two, then one.
  for (const [row, run] of [1, 0].entries()) {
    for (const place of [0, 1, 2]) {
      const shown = samples.locator("button.frame:not(.missing)").nth(row * 3 + place);
      for (const [x, y] of [
        [0, 0],
        [15, 0],
        [0, 15],
        [9, 7],
      ] as const) {
        expect(await pixelOf(shown, x, y)).toEqual(pixelAt(run, 4000, place, x, y));
      }
    }
  }
  expect(await samples.locator(".heads .cap").allInnerTexts()).toEqual(CAPTIONS);
  expect(await samples.locator("img").first().getAttribute("alt")).toBe("dusk, step 4,000");
  expect(await samples.locator(".who .dim").allInnerTexts()).toEqual(["sgd", "sgd", "adam"]);
});

test("a run that has nothing at the step shows an empty frame, and jumps to the nearest", async () => {
  await using opened = await openMedia(house);
  const { page } = opened;
  const missing = section(page, "samples").locator(".missing");
  expect(await missing.innerText()).toBe("nearest: 2,000");
  await missing.click();
  expect(await stepValue(page)).toBe("2,000");
  await waitForPictures(section(page, "samples"), 9);
  await expect
    .poll(() => pixelOf(frame(page, "samples", 0), 3, 4))
    .toEqual(pixelAt(2, 2000, 0, 3, 4));
  await expect.poll(() => page.url()).toContain("step=2000");
});

test("the step slider has one tick a step and obeys arrows, Home, End and a drag; at the end it follows", async () => {
  await using opened = await openMedia(house);
  const { page } = opened;
  const slider = page.locator(".bar .ticks");
  expect(await slider.locator("i").count()).toBe(STEPS.length);
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  expect(await stepValue(page)).toBe("3,000");
  await page.keyboard.press("Home");
  expect(await stepValue(page)).toBe("0");
  expect(await slider.getAttribute("aria-valuetext")).toBe("0, 1 of 5");
  await expect.poll(() => pixelOf(frame(page, "samples", 3), 0, 0)).toEqual(pixelAt(1, 0, 0, 0, 0));
  await page.keyboard.press("ArrowRight");
  expect(await stepValue(page)).toBe("1,000");
  await page.keyboard.press("End");
  expect(await stepValue(page)).toBe("4,000");
  await expect.poll(() => page.url()).not.toContain("step=");
  // However fast the steps pass by, what is shown at the end is the step that is named.
  for (let i = 0; i < 12; i += 1) {
    await page.keyboard.press(i % 2 === 0 ? "Home" : "ArrowRight");
    if (i % 3 === 0) await page.keyboard.press("ArrowRight");
  }
  await page.keyboard.press("Home");
  await waitForPictures(section(page, "samples"), 9);
  for (const place of [0, 4, 8]) {
    const run = 2 - Math.floor(place / 3);
    await expect
      .poll(() => pixelOf(frame(page, "samples", place), 0, 0))
      .toEqual(pixelAt(run, 0, place % 3, 0, 0));
  }
  const box = (await slider.boundingBox())!;
  await page.mouse.move(box.x + box.width - 2, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.52, box.y + 10, { steps: 5 });
  await page.mouse.up();
  expect(await stepValue(page)).toBe("2,000");
});

test("pictures of another step than the one that is named say whose step they are", async () => {
  await using opened = await openPage(house, "/media?project=media&step=2000", { mayFail: true });
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 9);
  await page.route("**/media/items*", (route) => route.abort());
  await page.locator(".bar .ticks").focus();
  await page.keyboard.press("ArrowLeft");
  await section(page, "samples").getByText("still 2,000").waitFor();
  await page.unroute("**/media/items*");
  await expect
    .poll(() => section(page, "samples").getByText("still 2,000").count(), { timeout: 20_000 })
    .toBe(0);
  expect(await stepValue(page)).toBe("1,000");
});

test("a video plays on a click, and all of a row play in step", async () => {
  await using opened = await openMedia(house);
  const { page } = opened;
  const rollout = section(page, "rollout");
  await rollout.scrollIntoViewIfNeeded();
  const videos = rollout.locator("video");
  await expect.poll(() => videos.count()).toBe(4);
  await expect
    .poll(() => videos.evaluateAll((all) => all.map((one) => (one as HTMLVideoElement).duration)))
    .toEqual([
      expect.closeTo(2, 1),
      expect.closeTo(3, 1),
      expect.closeTo(2, 1),
      expect.closeTo(3, 1),
    ]);
  const times = () =>
    videos.evaluateAll((all) => all.map((one) => (one as HTMLVideoElement).currentTime));
  await rollout.locator(".play").first().click();
  await expect.poll(async () => (await times())[0]).toBeGreaterThan(0.2);
  expect((await times()).slice(1)).toEqual([0, 0, 0]);
  await rollout.locator(".play").first().click();

  await rollout.getByRole("button", { name: "Play all" }).click();
  await expect.poll(async () => Math.min(...(await times()))).toBeGreaterThan(0.5);
  const at = await times();
  expect(Math.max(...at) - Math.min(...at)).toBeLessThan(0.25);
  await rollout.getByRole("button", { name: "Pause all" }).click();
  const paused = await times();
  expect(Math.max(...paused) - Math.min(...paused)).toBeLessThan(0.02);
  await rollout.getByRole("button", { name: "One frame on" }).click();
  expect(Math.min(...(await times()))).toBeGreaterThan(paused[0]!);
  expect(await section(page, "speech").locator("audio").count()).toBe(2);
});

test("a large video is read when it is played, a small one when it is seen", async () => {
  await using opened = await openPage(house, "/media?project=heavy");
  const videos = section(opened.page, "film").locator("video");
  await expect.poll(() => videos.count()).toBe(2);
  const ahead = await videos.evaluateAll((all) => all.map((one) => one.getAttribute("preload")));
  expect(ahead).toEqual(["metadata", "auto"]);
});

test("an SVG with a script is a picture without power, on the page and opened by its address", async () => {
  await using opened = await openMedia(house, "/media?project=odd");
  const { page } = opened;
  await waitForPictures(section(page, "vector"), 1);
  expect(await pixelOf(frame(page, "vector", 0), 20, 20)).toEqual([0, 255, 0]);
  const taken = () => page.evaluate(() => (window as { taken?: number }).taken);
  expect(await taken()).toBeUndefined();
  const address = await frame(page, "vector", 0).locator("img").getAttribute("src");
  // What the browser says of a script that it did not run is no trouble of the page.
  const alone = await page.context().newPage();
  await alone.goto(address!);
  expect(await alone.evaluate(() => (window as { taken?: number }).taken)).toBeUndefined();
  await alone.close();
});

test("what cannot be shown says why, what is being made says so and comes by itself", async () => {
  await using opened = await openPage(house, "/media?project=odd", { mayFail: true });
  const { page } = opened;
  await waitForPictures(section(page, "vector"), 1);
  let refusals = 2;
  await page.route("**/api/v1/blobs/*", async (route) => {
    if (refusals <= 0) return route.continue();
    const body = { error: { code: "busy", message: "The picture is still being made." } };
    const headers = { "retry-after": "1" };
    return route.fulfill({ status: 503, headers, json: body });
  });
  await page.reload();
  const note = section(page, "vector").locator(".frame-note");
  expect(await note.innerText()).toContain("being made…");
  expect(await note.getAttribute("title")).toBe("The picture is still being made.");
  refusals = 0;
  await waitForPictures(section(page, "vector"), 1);
  expect(await note.count()).toBe(0);

  await page.unroute("**/api/v1/blobs/*");
  await page.route("**/api/v1/blobs/*", (route) => {
    const body = {
      error: { code: "not_found", message: "/tmp/a.png changed before it was copied." },
    };
    return route.fulfill({ status: 404, json: body });
  });
  await page.reload();
  await expect
    .poll(() => note.getAttribute("title"))
    .toBe("/tmp/a.png changed before it was copied.");
});

test("new pictures appear while the newest step is followed; at an older one nothing moves", async () => {
  await using opened = await openMedia(house, "/media?project=media&run_ids=all");
  const { page } = opened;
  const run = trackio.init({ dir: house.root, project: "live-media", name: "live" });
  run.log({ samples: picture(0, 1000, 0) }, { step: 1000 });
  const runs = `${house.server.url}/api/v1/projects/live-media/runs`;
  await expect.poll(async () => (await fetch(runs)).status).toBe(200);
  await page.goto(`${house.server.url}/media?project=live-media`);
  await waitForPictures(section(page, "samples"), 1);
  run.log({ samples: picture(0, 2000, 1) }, { step: 2000 });
  await expect.poll(() => stepValue(page)).toBe("2,000");
  await expect
    .poll(() => pixelOf(frame(page, "samples", 0), 1, 1))
    .toEqual(pixelAt(0, 2000, 1, 1, 1));
  await page.getByRole("button", { name: "Earlier step" }).click();
  expect(await stepValue(page)).toBe("1,000");
  await expect
    .poll(() => pixelOf(frame(page, "samples", 0), 1, 1))
    .toEqual(pixelAt(0, 1000, 0, 1, 1));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  run.log({ samples: picture(0, 3000, 2) }, { step: 3000 });
  await expect.poll(() => page.locator(".bar .ticks i").count()).toBe(3);
  expect(await stepValue(page)).toBe("1,000");
  expect(await pixelOf(frame(page, "samples", 0), 1, 1)).toEqual(pixelAt(0, 1000, 0, 1, 1));
  expect(asked.filter((path) => /items|blobs|steps/.test(path))).toEqual([]);
  await page.getByRole("button", { name: "Follow the newest step" }).click();
  expect(await stepValue(page)).toBe("3,000");

  await page.getByRole("button", { name: "All steps" }).click();
  await waitForPictures(section(page, "samples"), 3);
  const newest = section(page, "samples").locator(".cap.of-run").first();
  const before = await newest.boundingBox();
  run.log({ samples: picture(0, 4000, 0) }, { step: 4000 });
  await page.getByRole("button", { name: "Show 1 newer" }).waitFor();
  expect(await newest.innerText()).toBe("3,000");
  expect(await newest.boundingBox()).toEqual(before);
  await page.getByRole("button", { name: "Show 1 newer" }).click();
  await expect.poll(() => newest.innerText()).toBe("4,000");
  await run.finish();
});

test("neither a longer step nor a step that a run lacks moves a button, a name or a frame", async () => {
  await using opened = await openMedia(house, "/media?project=far&step=6");
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 6);
  const places = () =>
    page
      .locator(
        ".bar .stepper button, .bar .ticks, section .heads, section .who, section button.frame",
      )
      .evaluateAll((all) =>
        all.slice(0, 9).map((one) => {
          const { x, y, width, height } = one.getBoundingClientRect();
          return [x, y, width, height];
        }),
      );
  const before = await places();
  await page.locator(".bar .ticks").focus();
  await page.keyboard.press("End");
  expect(await stepValue(page)).toBe("1,000,000,000");
  await section(page, "samples").locator(".missing").waitFor();
  await waitForPictures(section(page, "samples"), 3);
  expect(await places()).toEqual(before);
  expect(await section(page, "samples").locator(".heads .cap").allInnerTexts()).toEqual(CAPTIONS);
});

test("a card of pictures fills a frame that holds nothing else", async () => {
  const path = "/?project=media&metrics=samples&sidebar=hidden&navbar=hidden";
  await using opened = await openPage(house, path, { width: 600, height: 630 });
  const { page } = opened;
  const card = page.locator('article[data-metric="samples"]');
  await waitForPictures(card, 6);
  const { y, height } = (await card.locator(".card-scroll").boundingBox())!;
  expect(y + height).toBeGreaterThan(620);
  expect(y + height).toBeLessThanOrEqual(630);
});

test("a project without pictures says what to type, and lists the files that were kept", async () => {
  await using opened = await openPage(house, "/media?project=files");
  const { page } = opened;
  await page.locator(".empty .code").waitFor();
  expect(await page.locator(".empty .code").innerText()).toContain("trackio.Image(");
  const row = page.locator('section[aria-label="Files"] tbody tr');
  await row.waitFor();
  expect(await row.innerText()).toMatch(/weights\.json\s+13 B/);
  const href = await row.locator("a").getAttribute("href");
  const response = await fetch(href!);
  expect(await response.text()).toBe('{"w":[1,2,3]}');
  expect(response.headers.get("content-disposition")).toContain("weights.json");
});

test("on a phone the runs' names stand above their pictures, four in a row", async () => {
  await using opened = await openPage(house, "/media?project=media", { phone: true });
  const { page } = opened;
  await waitForPictures(section(page, "samples"), 6);
  const who = (await section(page, "samples").locator(".who").nth(1).boundingBox())!;
  const tile = (await frame(page, "samples", 1).boundingBox())!;
  expect(tile.y).toBeGreaterThan(who.y + 16);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

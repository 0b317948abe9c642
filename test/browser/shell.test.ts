import { expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import { startServer } from "../../src/server/start-server.ts";
import { logRun, metricCard, openPage, test, useHouse, waitForLine } from "./page-test.ts";

const house = useHouse(async (root) => {
  for (const project of ["letters", "digits"]) {
    for (const [index, name] of ["one", "two"].entries()) {
      await logRun(root, { project, name }, 50, (step) => ({ loss: (1 + index) / (1 + step) }));
    }
  }
});

const empty = useHouse(async () => {});

test("the first page shows the three lines, and fills by itself", async () => {
  await using opened = await openPage(empty, "/");
  const { page } = opened;
  await expect.poll(() => page.locator("h1").innerText()).toBe("No project yet");
  const code = await page.locator("pre.code").innerText();
  for (const line of ["trackio.init(", "trackio.log(", "trackio.finish("]) {
    expect(code).toContain(line);
  }
  await page.getByRole("tab", { name: "Python" }).click();
  expect(await page.locator("pre.code").innerText()).toContain(
    'trackio.init(project="my_project")',
  );
  expect(await page.locator(".tabs a").count()).toBe(0);
  await logRun(empty.root, { project: "fresh", name: "first" }, 20, (step) => ({ loss: step }));
  await waitForLine(page, "loss", 0);
  expect(await page.locator(".picker").innerText()).toBe("fresh");
});

test("without a project in the address the one used last is open; the picker finds another", async () => {
  await using opened = await openPage(house, "/");
  const { page } = opened;
  await expect.poll(() => page.locator(".picker").innerText()).toBe("digits");
  await page.locator(".picker").click();
  const options = page.getByRole("listbox", { name: "Projects" }).getByRole("option");
  expect(await options.allInnerTexts()).toEqual([
    expect.stringMatching(/digits\s+2 runs/),
    expect.stringMatching(/letters\s+2 runs/),
  ]);
  await page.keyboard.type("LETT");
  await expect.poll(() => options.count()).toBe(1);
  await page.keyboard.press("Enter");
  await expect.poll(() => page.url()).toContain("project=letters");
  await waitForLine(page, "loss", 1);
  expect(await page.locator(".picker").evaluate((it) => it === document.activeElement)).toBe(true);
});

test("a project that is not there is named, and the nearest offered", async () => {
  await using opened = await openPage(house, "/?project=digts", { mayFail: true });
  const { page } = opened;
  await expect
    .poll(() => page.locator(".nothing").innerText())
    .toContain("“digts” cannot be shown");
  await page.locator(".nothing .link", { hasText: "digits" }).click();
  await waitForLine(page, "loss", 0);
});

test("the theme is the address's, else the one chosen, and charts follow it", async () => {
  await using opened = await openPage(house, "/?project=digits&__theme=dark");
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await background()).toBe("rgb(18, 21, 20)");
  await page.getByRole("button", { name: "Switch between light and dark" }).click();
  await expect.poll(background).toBe("rgb(255, 255, 255)");
  await waitForLine(page, "loss", 0);
});

test("on a phone there is one column, and the runs are a sheet over the foot", async () => {
  await using opened = await openPage(house, "/?project=digits", { phone: true });
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  const card = (await metricCard(page, "loss").boundingBox())!;
  expect(card.width).toBeGreaterThan(380);
  expect(await page.locator(".side").isVisible()).toBe(false);
  await page.getByRole("button", { name: "2 runs" }).click();
  await expect.poll(() => page.locator(".side.open").isVisible()).toBe(true);
  await page.getByRole("button", { name: "Hide two" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await expect.poll(() => page.locator(".side").isVisible()).toBe(false);
  await page.getByRole("button", { name: "1 run" }).click();
  await page.touchscreen.tap(200, 60);
  await expect.poll(() => page.locator(".side").isVisible()).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("on a phone the words of a page without pictures have room", async () => {
  await using opened = await openPage(house, "/media?project=digits", { width: 390, height: 844 });
  const { page } = opened;
  await page.getByRole("heading", { name: "No pictures or tables yet" }).waitFor();
  for (const part of [".first > p", ".first > .code"]) {
    const box = await page.locator(part).boundingBox();
    expect(box!.x + box!.width).toBeLessThanOrEqual(390);
  }
});

test("a frame shows the charts alone", async () => {
  const query = "project=digits&sidebar=hidden&navbar=hidden&accordion=hidden";
  await using opened = await openPage(house, `/?${query}`, { width: 600, height: 630 });
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  for (const part of [".top", ".side", ".section-head"]) {
    expect(await page.locator(part).isVisible()).toBe(false);
  }
});

test("a run's status is a word beside its shape, and follows the run", async () => {
  const run = trackio.init({ dir: house.root, project: "letters", name: "open" });
  run.log({ loss: 1 });
  await using opened = await openPage(house, "/?project=letters");
  const { page } = opened;
  const status = () => page.locator(".run").first().locator(".val").innerText();
  await expect.poll(status).toBe("running");
  await expect.poll(() => page.locator(".top-end .pill").innerText()).toContain("1 running");
  await run.finish();
  await expect.poll(status).toBe("finished");
  await expect.poll(() => page.locator(".top-end .pill").count()).toBe(0);
});

test("without the server the page keeps what it shows, says so, and goes on by itself", async () => {
  await using opened = await openPage(house, "/?project=digits", { mayFail: true });
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  const { port } = house.server;
  await house.server.close();
  await expect.poll(() => page.locator(".banner").innerText()).toContain("What you see is kept");
  await waitForLine(page, "loss", 0);
  await logRun(house.root, { project: "digits", name: "meanwhile" }, 50, () => ({ loss: 0.5 }));
  house.server = await startServer({ root: house.root, port, log: () => {} });
  // The page may have gone on by itself just now, and its button with it.
  const tryNow = page.getByRole("button", { name: "Try now" });
  await tryNow.evaluateAll(([button]) => (button as HTMLElement | undefined)?.click());
  await expect.poll(() => page.locator(".banner").count()).toBe(0);
  await waitForLine(page, "loss", 2);
});

test("a chart that does not arrive says why, alone, and can be read again", async () => {
  await using opened = await openPage(house, "/?project=digits", { mayFail: true });
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  const refuse = {
    status: 500,
    body: '{"error":{"code":"internal","message":"It broke. Ask again."}}',
  };
  await page.route("**/series", (route) => route.fulfill(refuse));
  await page.reload();
  await expect.poll(() => page.locator(".oops").innerText()).toContain("It broke. Ask again.");
  await page.unroute("**/series");
  await page.getByRole("button", { name: "Read again" }).click();
  await waitForLine(page, "loss", 0);
});

test("an error leaves by itself when the next read works; what else is shown stays", async () => {
  await using opened = await openPage(house, "/?project=digits", { mayFail: true });
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  await page.route(/\/(series|metrics|runs)$/, (route) =>
    route.fulfill({ status: 500, body: "no JSON" }),
  );
  await page.locator(".seg button", { hasText: "Time" }).click();
  await expect.poll(() => page.locator(".oops").innerText()).toContain("Look into its terminal");
  expect(await page.locator(".run").count()).toBeGreaterThan(1);
  await page.reload();
  await expect.poll(() => page.locator(".nothing").innerText()).toContain("cannot be shown");
  await page.unroute(/\/(series|metrics|runs)$/);
  await waitForLine(page, "loss", 0);
  expect(await page.locator(".nothing").count()).toBe(0);
});

test("a slash behind a page's path is taken off", async () => {
  // The files are looked for one folder too deep before the page moves on.
  await using opened = await openPage(house, "/runs/?project=digits", { mayFail: true });
  await opened.page.locator(".tbl tbody .cell-run").first().waitFor();
  expect(new URL(opened.page.url()).pathname).toBe("/runs");
});

test("each page has its path, and Back goes back to the other", async () => {
  await using opened = await openPage(house, "/metrics?project=digits");
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  await page.locator(".slider input").fill("20");
  await page.getByRole("link", { name: /^Runs/ }).click();
  await page.locator(".tbl tbody .cell-run").first().waitFor();
  expect(new URL(page.url()).pathname).toBe("/runs");
  await page.goBack();
  await waitForLine(page, "loss", 0);
  expect(page.url()).toContain("/metrics?");
  expect(page.url()).toContain("smoothing=20");
  await page.goForward();
  await page.locator(".tbl tbody .cell-run").first().waitFor();
  await page.reload();
  await page.locator(".tbl tbody .cell-run").first().waitFor();
  await page.getByRole("link", { name: /^Charts/ }).click();
  await waitForLine(page, "loss", 0);
  expect(new URL(page.url()).pathname).toBe("/");
});

test("a long read shows its frame at once and a bar after a second, and neither moves anything", async () => {
  await using opened = await openPage(house, "/?project=digits");
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  const place = await metricCard(page, "loss").boundingBox();
  const held = Promise.withResolvers<void>();
  await page.route("**/series", async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.reload();
  await expect.poll(() => page.locator(".card.loading").count()).toBe(1);
  expect(await page.locator(".progress").count()).toBe(0);
  await expect.poll(() => page.locator(".progress").isVisible()).toBe(true);
  expect(await metricCard(page, "loss").boundingBox()).toEqual(place);
  held.resolve();
  await waitForLine(page, "loss", 0);
  expect(await page.locator(".progress").count()).toBe(0);
  expect(await metricCard(page, "loss").boundingBox()).toEqual(place);
});

test("charts out of sight are neither drawn nor read", async () => {
  const run = trackio.init({ dir: house.root, project: "many", name: "wide" });
  const metrics = Array.from({ length: 60 }, (_, i) => `m${i}`);
  for (let step = 0; step < 50; step += 1) {
    run.log(Object.fromEntries(metrics.map((metric) => [metric, step])));
  }
  await run.finish();
  await using opened = await openPage(house, "/?project=many");
  const { page, seriesRequests } = opened;
  await waitForLine(page, "m0", 0);
  const asked = () => new Set(seriesRequests.flatMap((request) => request.keys));
  expect(asked().has("m59")).toBe(false);
  expect(await page.locator(".uplot").count()).toBeLessThan(30);
  await metricCard(page, "m59").scrollIntoViewIfNeeded();
  await waitForLine(page, "m59", 0);
  expect(asked().has("m40")).toBe(false);
});

test("everything that can be pressed has a name", async () => {
  await using opened = await openPage(house, "/?project=digits");
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  const nameless = await page.locator("button, a, input").evaluateAll((parts) =>
    parts
      .filter((part) => {
        const own = part.getAttribute("aria-label") ?? part.textContent?.trim();
        return !own && !part.closest("label")?.textContent?.trim();
      })
      .map((part) => part.outerHTML),
  );
  expect(nameless).toEqual([]);
});

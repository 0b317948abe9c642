import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import * as trackio from "../../src/sdk/index.ts";
import { type RunningServer, startServer } from "../../src/server/start-server.ts";
import { openPage, test, useHouse, waitForLine } from "./page-test.ts";

const house = useHouse(async (root) => {
  const run = trackio.init({ dir: root, project: "log", name: "one" });
  for (let step = 0; step < 20; step += 1) run.log({ loss: 1 / (step + 1) });
  await run.finish();
});

/** A page of another port, which holds a frame or a link. */
let host: Server;
let hostPort = 0;
/** The same data, read only by who has the token. */
let closed: RunningServer;
beforeAll(async () => {
  host = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://host");
    const [frame, link] = [searchParams.get("frame"), searchParams.get("link")];
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><link rel="icon" href="data:,"><title>A report</title>${frame === null ? "" : `<iframe src="${escapeHtml(frame)}" width="600" height="500"></iframe>`}
       ${link === null ? "" : `<a href="${escapeHtml(link)}">there</a>`}`,
    );
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  hostPort = (host.address() as AddressInfo).port;
  closed = await startServer({ root: house.root, port: 0, readToken: "read-me", log: () => {} });
});
afterAll(async () => {
  await closed?.close();
  await new Promise((resolve) => host.close(resolve));
});

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}

/** What the server says to a write that a script of this page asks for, with what the browser holds. */
function writeFrom(page: Page | Frame): Promise<number> {
  return page.evaluate(async () => {
    const body = JSON.stringify({ hashes: [] });
    return (await fetch("/api/v1/blobs/missing", { method: "POST", body })).status;
  });
}

async function tokenCookies(context: BrowserContext): Promise<string[]> {
  const cookies = await context.cookies();
  return cookies.filter(({ name }) => name === "trackio_write_token").map(({ value }) => value);
}

test("the link that the server prints lets the page write: a cookie, and nothing in the address", async () => {
  const token = house.server.tokens.write;
  await using opened = await openPage(house, `/?project=log&write_token=${token}`);
  const { page } = opened;
  await waitForLine(page, "loss", 0);
  expect(page.url()).not.toContain(token);
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({
    name: "trackio_write_token",
    value: token,
    path: "/",
    sameSite: "Lax",
  });
  expect((cookie!.expires * 1000 - Date.now()) / 86_400_000).toBeCloseTo(7, 1);
  expect(await writeFrom(page)).toBe(200);
  await page.reload();
  expect(await writeFrom(page)).toBe(200);
});

test("without the link a page does not write", async () => {
  await using opened = await openPage(house, "/?project=log", { mayFail: true });
  expect(await writeFrom(opened.page)).toBe(403);
});

test.each([
  ["of another site", "localhost"],
  ["of another port of the same host", "127.0.0.1"],
])(
  "a page in a frame of a page %s gets no token from its address, and no right",
  async (_, name) => {
    const token = house.server.tokens.write;
    await using opened = await openPage(house, "/", { mayFail: true });
    const { page } = opened;
    const source = `${house.server.url}/?project=log&sidebar=hidden&write_token=${token}`;
    await page.goto(`http://${name}:${hostPort}/?frame=${encodeURIComponent(source)}`);
    const frame = (await (await page.locator("iframe").elementHandle())!.contentFrame())!;
    await waitForLine(frame as unknown as Page, "loss", 0);
    expect(frame.url()).not.toContain(token);
    expect(await tokenCookies(page.context())).toEqual([]);
    expect(await writeFrom(frame)).toBe(403);
  },
);

test("what a tab of its own may do, a frame of another site may not", async () => {
  const token = house.server.tokens.write;
  await using opened = await openPage(house, `/?project=log&write_token=${token}`, {
    mayFail: true,
  });
  const { page } = opened;
  expect(await writeFrom(page)).toBe(200);
  const source = `${house.server.url}/?project=log&sidebar=hidden`;
  await page.goto(`http://localhost:${hostPort}/?frame=${encodeURIComponent(source)}`);
  const frame = (await (await page.locator("iframe").elementHandle())!.contentFrame())!;
  await waitForLine(frame as unknown as Page, "loss", 0);
  expect(await writeFrom(frame)).toBe(403);
});

test("a page of another origin cannot write with the cookie that the browser has", async () => {
  const token = house.server.tokens.write;
  await using opened = await openPage(house, `/?project=log&write_token=${token}`, {
    mayFail: true,
  });
  const { page } = opened;
  await expect.poll(() => tokenCookies(page.context())).toEqual([token]);
  const statuses: number[] = [];
  page.on("response", (response) => {
    if (response.url().includes("/blobs/missing")) statuses.push(response.status());
  });
  for (const name of ["localhost", "127.0.0.1"]) {
    await page.goto(`http://${name}:${hostPort}/`);
    await page.evaluate(async (url) => {
      const hashes = JSON.stringify({ hashes: [] });
      const post = { method: "POST", body: hashes, credentials: "include" } as const;
      await fetch(`${url}/api/v1/blobs/missing`, { ...post, mode: "no-cors" }).catch(
        () => undefined,
      );
      await fetch(`${url}/api/v1/blobs/missing`, post).catch(() => undefined);
    }, house.server.url);
    await page.evaluate((url) => {
      const form = document.createElement("form");
      Object.assign(form, {
        method: "post",
        action: `${url}/api/v1/blobs/missing`,
        enctype: "text/plain",
      });
      form.innerHTML = `<input name='{"hashes":["' value='"]}'>`;
      document.body.append(form);
      form.submit();
    }, house.server.url);
    await page.waitForURL(`${house.server.url}/**`);
    expect(await page.innerText("body")).toContain("Writing needs this server's write token");
  }
  expect(statuses).toContain(403);
  expect(statuses).not.toContain(200);
});

test("where reading needs a token, a link from another site opens the page, and later links do too", async () => {
  await using opened = await openPage(house, "/", { mayFail: true });
  const { page } = opened;
  await page.goto(`${closed.url}/?project=log`);
  await expect.poll(() => page.locator("input[type=password]").count()).toBe(1);
  await page.fill("input[type=password]", "wrong");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.innerText("body")).toContain("That is not the token.");
  for (const token of ["?project=log&read_token=read-me", "?project=log"]) {
    const link = `${closed.url}/${token}`;
    await page.goto(`http://localhost:${hostPort}/?link=${encodeURIComponent(link)}`);
    await page.click("a");
    await waitForLine(page, "loss", 0);
    expect(page.url()).toBe(`${closed.url}/?project=log`);
  }
  expect(await page.evaluate(() => document.cookie)).toBe("");
});

test("a form that takes the token opens what was asked for", async () => {
  await using opened = await openPage(house, "/", { mayFail: true });
  const { page } = opened;
  await page.goto(`${closed.url}/?project=log&smoothing=10`);
  await page.fill("input[type=password]", "read-me");
  await page.keyboard.press("Enter");
  await waitForLine(page, "loss", 0);
  expect(page.url()).toBe(`${closed.url}/?project=log&smoothing=10`);
});

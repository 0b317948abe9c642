import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestFolder } from "../../ingest/testing/journals.ts";
import { type RunningServer, startServer } from "../start-server.ts";
import { closeSilentConnections } from "./connection-limits.ts";

const READ = "read-only-1";
const WRITE = "write-too-1";
let data: TestFolder;
let dashboardDir: string;
let server: RunningServer;

beforeAll(async () => {
  data = new TestFolder();
  dashboardDir = mkdtempSync(join(tmpdir(), "trackio-door-"));
  writeFileSync(join(dashboardDir, "index.html"), "<html>the page</html>");
  server = await startServer({
    root: data.root,
    port: 0,
    dashboardDir,
    readToken: READ,
    writeToken: WRITE,
    log: () => {},
  });
});

afterAll(async () => {
  await server.close();
  data[Symbol.dispose]();
  rmSync(dashboardDir, { recursive: true });
});

const PAGE = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const cookie = `trackio_read_token=${READ}`;

function ask(path: string, headers: { readonly [name: string]: string } = {}, method = "GET") {
  return fetch(server.url + path, { method, headers, redirect: "manual" });
}

describe("where reading needs a token", () => {
  const paths = [
    "GET /",
    "GET /index.html",
    "GET /runs",
    "GET /assets/app.js",
    "GET /openapi.json",
    "GET /api/v1/projects",
    "GET /api/v1/events",
    `GET /api/v1/blobs/${"0".repeat(64)}`,
    "GET /api/v1/journals/p/r/w",
    "GET /file?path=/media/x",
    "GET /media/x",
    "GET /artifact_blob/p/0",
    "POST /api/v1/projects/p/series",
    "POST /api/get_all_projects",
    "POST /api/bulk_log",
    "POST /api/upload",
    "POST /api/query_project",
    "PUT /api/v1/blobs/x",
    "DELETE /api/v1/projects/p",
    "OPTIONS /api/get_all_projects",
  ];
  test.each(paths)("nobody without it gets anything: %s", async (line) => {
    const [method, path] = line.split(" ") as [string, string];
    const response = await ask(path, { "x-trackio-read-token": "wrong" }, method);
    expect(response.status).toBe(403);
    const text = await response.text();
    expect(text).toContain("read token");
    expect(text).not.toContain("the page");
  });

  test("which server it is can be asked by anybody, so that a client knows whom it sends its token to", async () => {
    expect((await ask("/version")).status).toBe(200);
  });

  test.each([
    ["the read token in a header", { "x-trackio-read-token": READ }],
    ["the read token as a cookie", { cookie }],
    ["the write token in a header", { "x-trackio-write-token": WRITE }],
    ["the write token as a cookie", { cookie: `trackio_write_token=${WRITE}` }],
  ])("%s opens it", async (_, headers) => {
    expect((await ask("/api/v1/projects", headers)).status).toBe(200);
    expect(await (await ask("/", headers)).text()).toContain("the page");
  });

  test("a Trackio client is told in a text, as it knows errors", async () => {
    const response = await ask("/api/get_all_projects", {}, "POST");
    expect(await response.json()).toEqual({ error: expect.stringContaining("read token") });
  });

  test("what one person may see is kept in no cache that many share", async () => {
    const response = await ask("/", { cookie, ...PAGE });
    expect(response.headers.get("cache-control")).not.toContain("public");
  });
});

describe("a browser", () => {
  test("gets in by a link: the token becomes a cookie for no script and no other site, and leaves the address", async () => {
    const response = await ask(`/runs?project=a%26b&read_token=${READ}`, PAGE);
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/runs?project=a%26b");
    expect(response.headers.getSetCookie()).toEqual([
      `trackio_read_token=${READ}; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict`,
    ]);
    const page = await ask("/runs?project=a%26b", { ...PAGE, cookie });
    expect(await page.text()).toContain("the page");
  });

  test.each([
    "//evil.example/x",
    "/\\evil.example",
    "///evil.example",
    "/%5c%5cevil.example",
    "/.//evil.example",
  ])("is never sent to another site: %s", async (path) => {
    const response = await ask(`${path}?read_token=${READ}`, PAGE);
    const to = response.headers.get("location");
    if (to !== null) expect(new URL(to, server.url).origin).toBe(server.url);
  });

  test("without a token asks once more for itself, as one of ours, and then shows a form", async () => {
    const first = await ask("/runs?project=p", PAGE);
    expect(first.status).toBe(403);
    expect(await first.text()).toContain(
      'http-equiv="refresh" content="0; url=/runs?project=p&#38;read_token="',
    );
    const second = await ask("/runs?project=p&read_token=", PAGE);
    const form = await second.text();
    expect(form).toContain('<input type="password" name="read_token"');
    expect(form).toContain('<input type="hidden" name="project" value="p">');
    expect(form).not.toContain("refresh");
    expect(await (await ask("/?read_token=nope", PAGE)).text()).toContain("That is not the token.");
    const link = await ask("/runs?project=p&read_token=", { ...PAGE, cookie });
    expect(link.headers.get("location")).toBe("/runs?project=p");
  });

  test("shows of the address only text", async () => {
    const path = `/?a="><script>alert(1)</script>&b='onload=x&read_token=`;
    const text = await (await ask(path, PAGE)).text();
    expect(text).not.toContain("<script");
    expect(text).not.toContain("'onload");
    const { headers } = await ask(path, PAGE);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("gets a page by the link that writes, with a cookie that reads", async () => {
    const response = await ask(`/?write_token=${WRITE}`, PAGE);
    expect(await response.text()).toContain("the page");
    expect(response.headers.getSetCookie()[0]).toContain(`trackio_read_token=${READ}; Path=/`);
  });

  test("gets in a frame no cookie and no form", async () => {
    for (const path of [`/?read_token=${READ}`, `/?write_token=${WRITE}`, "/?read_token="]) {
      const response = await ask(path, { ...PAGE, "sec-fetch-dest": "iframe" });
      expect(response.status).toBe(403);
      expect(response.headers.getSetCookie()).toEqual([]);
      const text = await response.text();
      expect(text).toContain("Open it in a tab of its own");
      expect(text).not.toContain("<form");
    }
  });
});

test("a connection that sends nothing is closed", async () => {
  const quiet = createServer((request) => request.resume());
  closeSilentConnections(quiet, 50);
  await new Promise<void>((resolve) => quiet.listen(0, "127.0.0.1", resolve));
  const address = quiet.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const socket = connect(address.port, "127.0.0.1");
  socket.resume();
  socket.write("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nabc");
  await new Promise((resolve) => socket.once("close", resolve));
  await new Promise((resolve) => quiet.close(resolve));
});

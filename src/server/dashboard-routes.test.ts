import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataFolder } from "../journal/data-folder.ts";
import { BlobFolder } from "../media/blob-folder.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { TokenAccess } from "./access/access.ts";
import { createApp } from "./app.ts";
import { BlobSource } from "./blobs/blob-source.ts";
import { DashboardFiles } from "./dashboard-files.ts";
import { LiveFeed } from "./live/live-feed.ts";
import { LocalReader } from "./testing/local-reader.ts";
import { AcceptedWrites } from "./trackio-api/accepted-writes.ts";
import { TrackioWrites } from "./trackio-api/trackio-writes.ts";

let dir: string;
let app: Hono;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "trackio-dashboard-"));
  mkdirSync(join(dir, "assets"));
  writeFileSync(
    join(dir, "index.html"),
    "<html><script>dark()</script><script type=module src=/assets/app-1.js></script></html>",
  );
  writeFileSync(join(dir, "assets", "app-1.js"), "run();".repeat(1000));
  const { blobs, reader } = emptyFolder(dir);
  const context = {
    folder: new DataFolder(dir),
    reader,
    blobs,
    feed: new LiveFeed(),
    access: new TokenAccess({ write: "w" }),
    accepted: new AcceptedWrites(async () => true),
    trackio: new TrackioWrites(new DataFolder(dir), () => undefined),
    running: () => ({}),
    version: "1",
    log: () => {},
  };
  app = createApp(context, { dashboard: new DashboardFiles(dir), allowedHosts: [] });
});

afterEach(() => rmSync(dir, { recursive: true }));

function emptyFolder(root: string) {
  const blobs = BlobFolder.at(root);
  const reader = new LocalReader({ store: new MemoryStore(), blobs, statusOf: () => "lost" });
  return { reader, blobs: new BlobSource(blobs, { makeSoon: async () => undefined }) };
}

describe("the dashboard", () => {
  test("is one page for every path that is not the API's", async () => {
    for (const path of ["/", "/index.html", "/runs", "/run/a.b/c", "/metrics?project=x"]) {
      const response = await app.request(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("<script>dark()");
    }
  });

  test("may be embedded, and runs nothing but its own scripts", async () => {
    const { headers } = await app.request("/");
    const policy = headers.get("content-security-policy")!;
    expect(policy).toContain("frame-ancestors *");
    expect(policy).toContain("media-src 'self' blob:");
    expect(policy).toContain("form-action 'self'");
    expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]{44}';/);
    expect(headers.get("x-frame-options")).toBeNull();
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("has files that are kept for ever, and a page that is asked for again", async () => {
    const script = await app.request("/assets/app-1.js");
    expect(script.headers.get("cache-control")).toContain("immutable");
    expect(script.headers.get("content-type")).toContain("text/javascript");
    const page = await app.request("/");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const etag = page.headers.get("etag")!;
    const again = await app.request("/", { headers: { "if-none-match": `W/${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  test("compresses its scripts", async () => {
    const headers = { "accept-encoding": "gzip" };
    const response = await app.request("/assets/app-1.js", { headers });
    expect(response.headers.get("content-encoding")).toBe("gzip");
  });

  test("a file that is not there is 404, not the page", async () => {
    expect((await app.request("/assets/app-2.js")).status).toBe(404);
  });

  test("is read again after a new build", async () => {
    await app.request("/");
    const page = join(dir, "index.html");
    writeFileSync(page, "new page");
    utimesSync(page, 1, 1);
    expect(await (await app.request("/")).text()).toBe("new page");
  });

  test("not built, it says how to build it", async () => {
    rmSync(join(dir, "index.html"));
    const response = await app.request("/runs");
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("npm run build");
  });
});

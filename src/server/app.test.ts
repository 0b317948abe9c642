import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataFolder } from "../journal/data-folder.ts";
import { BlobFolder } from "../media/blob-folder.ts";
import {
  errorSchema,
  metricTableSchema,
  projectListSchema,
  runListSchema,
  runSchema,
  type SeriesRequest,
} from "../protocol/api.ts";
import type { RunId } from "../protocol/ids.ts";
import type { SeriesFrame } from "../protocol/series-frame.ts";
import { decodeSeriesFrame } from "../protocol/series-frame-codec.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { EPOCH_MS, JournalLike } from "../store/testing/batches.ts";
import { TokenAccess } from "./access/access.ts";
import { createApp } from "./app.ts";
import { BlobSource } from "./blobs/blob-source.ts";
import { DashboardFiles } from "./dashboard-files.ts";
import { LiveFeed } from "./live/live-feed.ts";
import type { Reader } from "./reading/question.ts";
import { LocalReader } from "./testing/local-reader.ts";
import { AcceptedWrites } from "./trackio-api/accepted-writes.ts";
import { TrackioWrites } from "./trackio-api/trackio-writes.ts";

let store: MemoryStore;
let app: Hono;
let logged: string[];
let dashboardDir: string;

beforeEach(() => {
  store = new MemoryStore();
  dashboardDir = mkdtempSync(join(tmpdir(), "trackio-dashboard-"));
  app = appOn(
    new LocalReader({ store, blobs: BlobFolder.at(dashboardDir), statusOf: () => "lost" }),
  );
});

afterEach(() => {
  rmSync(dashboardDir, { recursive: true });
});

function appOn(reader: Reader): Hono {
  logged = [];
  const context = {
    folder: new DataFolder(dashboardDir),
    reader,
    feed: new LiveFeed(),
    access: new TokenAccess({ write: "w" }),
    blobs: new BlobSource(BlobFolder.at(dashboardDir), { makeSoon: async () => undefined }),
    accepted: new AcceptedWrites(async () => true),
    trackio: new TrackioWrites(new DataFolder(dashboardDir), () => undefined),
    running: () => ({ vision: 2 }),
    version: "1.2.3",
    log: (line: string) => logged.push(line),
  };
  return createApp(context, {
    dashboard: new DashboardFiles(dashboardDir),
    allowedHosts: ["127.0.0.1"],
  });
}

/** A run of 100 records: loss falls, acc has a NaN. */
async function fill(run: { id: string; number: number; name?: string; createdAt?: number }) {
  const { id, number, name = `run-${number}`, createdAt = EPOCH_MS } = run;
  const journal = new JournalLike({ id: id as RunId, number, name, createdAt });
  const steps = Float64Array.from({ length: 100 }, (_, i) => i);
  const loss = steps.map((i) => 1 / (i + 1));
  const acc = steps.map((i) => (i === 7 ? Number.NaN : i / 100));
  const times = steps.map((i) => createdAt + i * 1000);
  await store.fold(journal.columns({ loss, acc }, { steps, times }));
}

async function getJson(path: string, status = 200): Promise<unknown> {
  const response = await app.request(path);
  expect(response.status).toBe(status);
  return response.json();
}

function post(path: string, body: unknown) {
  return app.request(path, { method: "POST", body: JSON.stringify(body) });
}

async function series(request: SeriesRequest): Promise<SeriesFrame> {
  const response = await post("/api/v1/projects/vision/series", request);
  expect(response.status).toBe(200);
  return decodeSeriesFrame(new Uint8Array(await response.arrayBuffer()));
}

async function errorOf(response: Response, status: number): Promise<string> {
  expect(response.status).toBe(status);
  return errorSchema.parse(await response.json()).error.message;
}

describe("projects and runs", () => {
  test("projects tell how many runs run now", async () => {
    await fill({ id: "a", number: 0 });
    const { projects } = projectListSchema.parse(await getJson("/api/v1/projects"));
    expect(projects).toMatchObject([
      { key: "vision", name: "Vision", runCount: 1, runningCount: 2 },
    ]);
  });

  test("runs come newest first, with their status", async () => {
    await fill({ id: "a", number: 0 });
    await fill({ id: "b", number: 1 });
    const { runs } = runListSchema.parse(await getJson("/api/v1/projects/vision/runs"));
    expect(runs.map(({ id, status }) => [id, status])).toEqual([
      ["b", "lost"],
      ["a", "lost"],
    ]);
  });

  test("a run is found by id, and by name the newest", async () => {
    await fill({ id: "a", number: 0, name: "same" });
    await fill({ id: "b", number: 1, name: "same" });
    const byId = runSchema.parse(await getJson("/api/v1/projects/vision/runs/a"));
    const byName = runSchema.parse(await getJson("/api/v1/projects/v.ision/runs/same"));
    expect([byId.number, byName.number]).toEqual([0, 1]);
    expect(byId).toMatchObject({ recordCount: 100, lastStep: 99, project: "vision" });
  });

  test("what is not there is 404 with the nearest name", async () => {
    await fill({ id: "a", number: 0, name: "dainty-sunset" });
    const project = await app.request("/api/v1/projects/vison/runs");
    expect(await errorOf(project, 404)).toBe("No project 'vison'. Did you mean 'Vision'?");
    const run = await app.request("/api/v1/projects/vision/runs/dainty-sunst");
    expect(await errorOf(run, 404)).toBe("No run 'dainty-sunst'. Did you mean 'dainty-sunset'?");
    const metrics = await post("/api/v1/projects/nope/metrics", { runs: [] });
    expect(await errorOf(metrics, 404)).toContain("No project 'nope'");
  });
});

test("metrics are one table, its lists parallel to the runs that have the metric", async () => {
  await fill({ id: "a", number: 0 });
  await fill({ id: "b", number: 1 });
  const response = await post("/api/v1/projects/vision/metrics", { runs: ["b", "nope", "a"] });
  const { metrics } = metricTableSchema.parse(await response.json());
  expect(metrics.map(({ key, runs }) => [key, runs])).toEqual([
    ["loss", [0, 2]],
    ["acc", [0, 2]],
  ]);
  expect(metrics[1]).toMatchObject({ count: [100, 100], nan: [1, 1], max: [0.99, 0.99] });
});

describe("series", () => {
  beforeEach(async () => {
    await fill({ id: "a", number: 0 });
    await fill({ id: "b", number: 1, createdAt: EPOCH_MS + 500_000 });
  });

  test("every key of every run, without those that have no points", async () => {
    const frame = await series({ runs: ["a", "b"], keys: ["loss", "none", "acc"] });
    expect(frame.series.map(({ run, key }) => `${run}/${key}`)).toEqual([
      "a/loss",
      "a/acc",
      "b/loss",
      "b/acc",
    ]);
    expect(frame.exact).toBe(true);
    expect(frame.extent).toEqual({ from: 0, to: 99 });
    const loss = frame.series[0]!;
    expect([...loss.mean.slice(0, 3)]).toEqual([1, 1 / 2, 1 / 3]);
    expect(frame.series[1]!.nan[7]).toBe(1);
    expect(frame.series[1]!.mean[7]).toBeNaN();
  });

  test("a range and few buckets: each keeps first, last, minimum and maximum", async () => {
    const { series: found, grid } = await series({
      runs: ["a"],
      keys: ["loss"],
      from: 10,
      to: 41,
      buckets: 4,
    });
    const loss = found[0]!;
    expect(loss.count.reduce((a, b) => a + b)).toBe(32);
    expect(loss.length).toBeLessThanOrEqual(4);
    expect(loss.firstX[0]).toBe(10);
    expect(loss.max[0]).toBe(1 / 11);
    expect(grid.width).toBeGreaterThan(4);
  });

  test("relative time counts seconds from each run's own creation, on one grid", async () => {
    const frame = await series({ runs: ["a", "b"], keys: ["loss"], axis: "relative", buckets: 10 });
    expect(frame.extent).toEqual({ from: 0, to: 99 });
    const [a, b] = frame.series;
    expect(a!.firstX).toEqual(b!.firstX);
    expect(a!.firstX[0]).toBe(0);
    expect(a!.lastX.at(-1)).toBe(99);
    expect(a!.index).toEqual(b!.index);
  });

  test("wall time is epoch milliseconds", async () => {
    const frame = await series({ runs: ["a", "b"], keys: ["loss"], axis: "wall" });
    expect(frame.extent).toEqual({ from: EPOCH_MS, to: EPOCH_MS + 599_000 });
  });

  test("an earlier answer's grid gives the same buckets again, only those in range", async () => {
    const whole = await series({ runs: ["a"], keys: ["loss"], buckets: 16 });
    const tail = await series({ runs: ["a"], keys: ["loss"], from: 64, buckets: whole.grid });
    const all = whole.series[0]!;
    const part = tail.series[0]!;
    expect([...part.index]).toEqual([...all.index].filter((i) => i * whole.grid.width >= 64));
    expect([...part.mean]).toEqual([...all.mean].slice(-part.length));
  });

  test("too large an answer is refused with what to do", async () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `key-${i}`);
    const runs = Array.from({ length: 1_000 }, (_, i) => `run-${i}`);
    const response = await post("/api/v1/projects/vision/series", { runs, keys });
    expect(await errorOf(response, 400)).toMatch(/10000000|1000 runs × 10000 keys.*fewer/);
  });

  test.each([
    ["no JSON", "{", /not JSON.*send a JSON object/],
    ["no keys", JSON.stringify({ runs: ["a"] }), /^keys of the request/],
    ["a wrong bucket count", JSON.stringify({ runs: ["a"], keys: ["b"], buckets: 0 }), /^buckets/],
    ["an unknown axis", JSON.stringify({ runs: ["a"], keys: ["b"], axis: "x" }), /^axis/],
    ["nothing", "", /not JSON/],
  ])("%s is refused by name", async (_, body, message) => {
    const request = { method: "POST", body };
    const response = await app.request("/api/v1/projects/vision/series", request);
    expect(await errorOf(response, 400)).toMatch(message);
  });
});

describe("every byte from outside may be hostile", () => {
  test("a body beyond 1 MB is refused", async () => {
    const body = JSON.stringify({ runs: ["x".repeat(1_100_000)] });
    const response = await app.request("/api/v1/projects/vision/metrics", { method: "POST", body });
    expect(response.headers.get("connection")).toBe("close");
    expect(await errorOf(response, 413)).toContain("1 MB");
  });

  test.each(["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "", "a@b", "[::1"])(
    "the host name %j is refused",
    async (host) => {
      const response = await app.request("/version", { headers: { host } });
      expect(await errorOf(response, 421)).toContain("does not answer to the name");
    },
  );

  test.each(["127.0.0.1:7860", "localhost:1", "[::1]:7860", "192.168.7.9", "app.localhost"])(
    "the host name %j is ours",
    async (host) => {
      expect((await app.request("/version", { headers: { host } })).status).toBe(200);
    },
  );

  test.each([
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets/..%2f..%2fpackage.json",
    "/%00.js",
  ])("the path %s leads nowhere", async (path) => {
    const response = await app.request(path);
    expect([404, 503]).toContain(response.status);
    expect(await response.text()).not.toContain("devDependencies");
  });

  test("a path that is no UTF-8 is answered, not thrown at", async () => {
    expect((await app.request("/api/v1/projects/%ff%fe/runs")).status).toBe(404);
  });

  test("what is not foreseen is told without its inside, and logged with a number", async () => {
    class BrokenReader extends LocalReader {
      override async ask(): Promise<never> {
        throw new Error("secret");
      }
    }
    app = appOn(
      new BrokenReader({ store, blobs: BlobFolder.at(dashboardDir), statusOf: () => "lost" }),
    );
    const message = await errorOf(await app.request("/api/v1/projects"), 500);
    expect(message).not.toContain("secret");
    const [, id] = /request (\w+)/.exec(message)!;
    expect(logged.join()).toContain(`Request ${id}`);
    expect(logged.join()).toContain("secret");
  });
});

describe("HTTP as it should be", () => {
  test("an unknown path of the API is 404 in JSON", async () => {
    expect(await errorOf(await app.request("/api/v2/x"), 404)).toContain("/openapi.json");
    expect(await errorOf(await app.request("/api/v1/projects", { method: "PUT" }), 404)).toContain(
      "PUT",
    );
  });

  test("large JSON is compressed where it is wanted", async () => {
    for (let i = 0; i < 100; i++) await fill({ id: `run-${i}`, number: i });
    const headers = { "accept-encoding": "br, gzip" };
    const response = await app.request("/api/v1/projects/vision/runs", { headers });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    const json = gunzipSync(Buffer.from(await response.arrayBuffer())).toString();
    expect(runListSchema.parse(JSON.parse(json)).runs.length).toBe(100);
    const plain = await app.request("/api/v1/projects/vision/runs", {
      headers: { "accept-encoding": "gzip;q=0" },
    });
    expect(plain.headers.get("content-encoding")).toBeNull();
  });

  test("HEAD answers without a body, also of the events", async () => {
    for (const path of ["/version", "/api/v1/events", "/api/v1/projects"]) {
      const response = await app.request(path, { method: "HEAD" });
      expect([response.status, await response.text()]).toEqual([200, ""]);
    }
  });

  test("/version is what Trackio clients look for", async () => {
    expect(await getJson("/version")).toEqual({
      version: "1.2.3",
      api_version: 1,
      api_transport: "http",
      mcp_enabled: false,
      mcp_path: null,
      writes_paused: false,
    });
  });

  test("/openapi.json tells of forms, ranges and blobs that are still being made", async () => {
    const { paths } = (await getJson("/openapi.json")) as {
      paths: { [path: string]: { [method: string]: Record<string, Record<string, unknown>> } };
    };
    const csv = paths["/api/v1/projects/{project}/table.csv"]!.post!;
    expect(Object.keys(csv.requestBody!.content as object)).toEqual([
      "application/json",
      "application/x-www-form-urlencoded",
    ]);
    const blob = paths["/api/v1/blobs/{hash}"]!.get!;
    expect(Object.keys(blob.responses!)).toEqual(
      expect.arrayContaining(["200", "206", "416", "503"]),
    );
    const error = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
    expect(blob.responses).toMatchObject({ 404: { content: error }, 503: { content: error } });
    expect((blob.parameters as unknown as { name: string }[]).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["hash", "name"]),
    );
  });

  test("/openapi.json describes every route, each with its schemas", async () => {
    const document = (await getJson("/openapi.json")) as {
      openapi: string;
      paths: { [path: string]: { [method: string]: { operationId: string } } };
    };
    expect(document.openapi).toBe("3.1.0");
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(ids.sort()).toEqual([
      "appendJournal",
      "exportTable",
      "findMissingBlobs",
      "followEvents",
      "getBlob",
      "getJournalSize",
      "getRun",
      "getVersion",
      "listFiles",
      "listMedia",
      "listMetrics",
      "listProjects",
      "listRuns",
      "putBlob",
      "readMediaItems",
      "readMediaSteps",
      "readSeries",
      "readTable",
    ]);
  });
});

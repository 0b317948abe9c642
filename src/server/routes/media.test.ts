import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestFolder } from "../../ingest/testing/journals.ts";
import {
  errorSchema,
  fileListSchema,
  type MediaItems,
  type MediaItemsQuery,
  mediaItemsSchema,
  mediaStepsSchema,
  mediaTableSchema,
  runListSchema,
} from "../../protocol/api.ts";
import type { RunIdentity } from "../../protocol/run.ts";
import { blobNamed, imageOf, tableOf, videoOf } from "../../store/testing/media.ts";
import { type RunningServer, startServer } from "../start-server.ts";

let data: TestFolder;
let server: RunningServer;
let runs: RunIdentity[];
const logged: string[] = [];

/** Two runs: pictures at ten steps, two at once at every fifth; the second has a video and a table, too. */
beforeAll(async () => {
  data = new TestFolder();
  server = await startServer({ root: data.root, port: 0, log: (line) => logged.push(line) });
  runs = ["a", "b"].map((name) => data.run("vision", { name }));
  for (const run of runs) {
    const journal = data.journal(run);
    for (let step = 0; step < 10; step += 1) {
      const image = imageOf(`${run.name} ${step}`, `step ${step}`);
      journal.log(step, { sample: step % 5 === 0 ? [image, imageOf("shared")] : image });
    }
    if (run.name === "b")
      journal.log(10, { clip: videoOf("clip"), text: tableOf("t", [["p", 3]]) });
    journal.writer.appendEvent({
      time: Date.now(),
      file: { path: "src/train.ts", blob: blobNamed("file"), type: "text/plain", bytes: 12 },
    });
    journal.end();
  }
  const deadline = Date.now() + 30_000;
  for (;;) {
    const response = await fetch(`${server.url}/api/v1/projects/vision/runs`);
    if (response.status === 200) {
      const folded = runListSchema.parse(await response.json()).runs;
      if (folded.filter(({ status }) => status === "finished").length === 2) return;
    }
    if (Date.now() > deadline) throw new Error("The runs were not folded within 30 s.");
    await delay(20);
  }
});

afterAll(async () => {
  await server.close();
  data[Symbol.dispose]();
  expect(logged).toEqual([]);
});

function post(what: string, query: unknown, project = "vision") {
  const body = JSON.stringify(query);
  return fetch(`${server.url}/api/v1/projects/${project}/${what}`, { method: "POST", body });
}

async function itemsOf(query: Partial<MediaItemsQuery>): Promise<MediaItems> {
  const asked = { key: "sample", kind: "image", runs: runs.map(({ id }) => id), ...query };
  return mediaItemsSchema.parse(await (await post("media/items", asked)).json());
}

async function errorOf(response: Response, status: number): Promise<string> {
  expect(response.status).toBe(status);
  return errorSchema.parse(await response.json()).error.message;
}

test("what media there are is one table, its lists parallel to the runs that have them", async () => {
  const asked = { runs: [runs[1]!.id, "unknown", runs[0]!.id] };
  const { media } = mediaTableSchema.parse(await (await post("media", asked)).json());
  expect(media).toMatchObject([
    {
      key: "sample",
      kind: "image",
      runs: [0, 2],
      itemCount: [12, 12],
      stepCount: [10, 10],
      mostAtOnce: [2, 2],
      firstStep: [0, 0],
      lastStep: [9, 9],
    },
    { key: "clip", kind: "video", runs: [0], itemCount: [1] },
    { key: "text", kind: "table", runs: [0], itemCount: [1], firstStep: [10] },
  ]);
});

test("the steps of a key come for each run that has some", async () => {
  const asked = { key: "clip", kind: "video", runs: runs.map(({ id }) => id) };
  const steps = mediaStepsSchema.parse(await (await post("media/steps", asked)).json());
  expect(steps.runs).toEqual([{ run: runs[1]!.id, steps: [10] }]);
});

describe("items", () => {
  test("come newest first, each with what is known of it", async () => {
    const { items, next } = await itemsOf({});
    expect(items.length).toBe(24);
    expect(next).toBeUndefined();
    expect(items[0]).toMatchObject({
      run: 0,
      step: 9,
      index: 0,
      fields: { blob: blobNamed("a 9"), type: "image/png", width: 8, height: 4, caption: "step 9" },
    });
    expect(items.slice(-4).map(({ run, index }) => [run, index])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
  });

  test("come in pages that cut no step, miss none, and end where there is no more", async () => {
    for (const limit of [1, 2, 3, 7, 23, 24, 25]) {
      const found: string[] = [];
      let before: number | undefined;
      do {
        const page = await itemsOf({ limit, ...(before === undefined ? {} : { before }) });
        expect(page.items.length).toBeGreaterThan(0);
        found.push(...page.items.map(({ run, step, index }) => `${run} ${step} ${index}`));
        before = page.next;
      } while (before !== undefined);
      expect([limit, found.length, new Set(found).size]).toEqual([limit, 24, 24]);
    }
  });

  test("of a range of steps, of one run", async () => {
    const { items } = await itemsOf({ runs: [runs[1]!.id], from: 4, to: 5 });
    expect(items.map(({ run, step }) => [run, step])).toEqual([
      [0, 5],
      [0, 5],
      [0, 4],
    ]);
  });

  test("of a table are its record's fields", async () => {
    const { items } = await itemsOf({ key: "text", kind: "table" });
    expect(items).toMatchObject([
      { run: 1, fields: { parts: [{ blob: blobNamed("p"), rows: 3 }] } },
    ]);
  });
});

test("the files of a project are listed, the newest of each path", async () => {
  const response = await fetch(`${server.url}/api/v1/projects/vision/files`);
  const { files } = fileListSchema.parse(await response.json());
  expect(files).toMatchObject([{ path: "src/train.ts", blob: blobNamed("file"), bytes: 12 }]);
});

test.each([
  ["media", { runs: [] }],
  ["media/steps", { key: "x", kind: "image", runs: ["x"] }],
  ["media/items", { key: "x", kind: "image", runs: ["x"] }],
])("%s of a project that is not there is 404 with the nearest name", async (what, query) => {
  expect(await errorOf(await post(what, query, "vison"), 404)).toContain("Did you mean 'vision'?");
  expect((await post(what, query)).status).toBe(200);
});

test.each([
  ["media", { runs: "x" }, /^runs/],
  ["media", { runs: Array(10_001).fill("x") }, /^runs/],
  ["media/steps", { key: "x", kind: "picture", runs: ["x"] }, /^kind/],
  ["media/items", { key: 7, kind: "image", runs: ["x"] }, /^key/],
  ["media/items", { key: "x", kind: "image", runs: [] }, /^runs/],
  ["media/items", { key: "x", kind: "image", runs: ["x"], limit: 1e9 }, /^limit/],
  ["media/items", { key: "x", kind: "image", runs: ["x"], before: "9" }, /^before/],
])("%s refuses %j by name", async (what, query, message) => {
  expect(await errorOf(await post(what, query), 400)).toMatch(message);
});

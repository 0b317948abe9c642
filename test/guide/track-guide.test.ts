/** The guide, section by section: every value that its script logs is in the store as it was given. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randint } from "../../examples/randint.ts";
import { Folder } from "../../src/ingest/folder.ts";
import { openStoreForFolding } from "../../src/ingest/open-store.ts";
import { BlobFolder } from "../../src/media/blob-folder.ts";
import { BlobMaker } from "../../src/media/blob-maker.ts";
import type { ProjectKey } from "../../src/protocol/ids.ts";
import { type ImageFields, MediaRef, type VideoFields } from "../../src/protocol/media.ts";
import type { Row, RunInfo, Store } from "../../src/store/store.ts";
import { queryTable } from "../../src/tables/query-table.ts";
import { ROOT } from "../../tools/run-command.ts";
import { bestMatches, framesOf } from "./likeness.ts";
import { probeVideo } from "./probe-video.ts";
import { runGuide } from "./run-guide.ts";

const PROJECT = "my_project" as ProjectKey;
const GUIDE_FILES = join(ROOT, "examples", "path", "to");

let root: string;
let said: string;
let store: Store;
let blobs: BlobFolder;
let runs: readonly RunInfo[];
/** Of the run that the guide calls `my_first_run` and resumes. */
let rows: readonly Row[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "trackio-guide-"));
  said = await runGuide(root);
  const opened = await openStoreForFolding(root);
  store = opened.store;
  blobs = new BlobFolder(opened.folder);
  await new Folder(opened.folder, store).foldAll();
  await new BlobMaker(blobs).makePending({ olderThanMs: 0 });
  runs = (await store.listRuns(PROJECT)).toReversed();
  rows = [];
  for await (const page of store.readRows(PROJECT, runs[1]!.id)) rows = [...rows, ...page];
});

afterAll(async () => {
  await store?.close();
  rmSync(root, { recursive: true, force: true });
});

/** What stands under `key`, which one row has. */
function logged<Fields>(key: string): Fields {
  const values = rows.flatMap((row) => (Object.hasOwn(row.values, key) ? [row.values[key]] : []));
  expect(values).toHaveLength(1);
  expect(values[0]).toBeInstanceOf(MediaRef);
  return (values[0] as MediaRef).fields as Fields;
}

function bytesOf({ blob }: { readonly blob: ImageFields["blob"] }): Buffer {
  const found = blobs.find(blob);
  if (found.state !== "ready") throw new Error(`Blob ${blob} is ${found.state}.`);
  return readFileSync(found.path);
}

test("the script says nothing: there was no warning", () => {
  expect(said).toBe("");
});

test("Initialization, naming, configuration: three runs, the second and third of one name", () => {
  expect(runs.map(({ name }) => name)).toEqual([
    expect.any(String),
    "my_first_run",
    "my_first_run",
  ]);
  expect(runs.map(({ state }) => state)).toEqual(["finished", "finished", "finished"]);
  expect(runs[2]!.config).toMatchObject({ learning_rate: 0.001, batch_size: 32 });
});

test("Logging data, resuming: each call is the next step, after the resume too", () => {
  expect(rows.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(rows[0]!.values).toEqual({ loss: 0.05 });
  expect(rows[1]!.values).toEqual({ loss: 0.05, accuracy: 0.95 });
  expect(rows[7]!.values).toEqual({ loss: 0.04 });
});

test("Logging tables: columns and cells of the data frame", async () => {
  const table = (await store.findTable(PROJECT, runs[1]!.id, "texts"))!;
  const parts = table.parts.map(({ blob, rows }) => {
    const found = blobs.find(blob);
    if (found.state !== "ready") throw new Error(`Part ${blob} is ${found.state}.`);
    return { path: found.path, rows };
  });
  const { run, step, missingRows, columns } = table;
  const answer = await queryTable([{ run, step, missingRows, columns, parts }], {
    key: "texts",
    sources: [{ run }],
    filters: [],
    from: 0,
    count: 10,
    whole: true,
  });
  expect(answer.columns.map(({ name }) => name)).toEqual(["prompt", "completion", "reward"]);
  expect(answer.rows.map(({ cells }) => cells)).toEqual([
    ["Trackio", "is great!", 0.123],
    ["Logging is", "easy and fun!", 0.456],
  ]);
});

test("Logging images: the file as it is, with its caption", () => {
  const image = logged<ImageFields>("image");
  expect(image).toMatchObject({ type: "image/png", caption: "Image caption" });
  expect(bytesOf(image).equals(readFileSync(join(GUIDE_FILES, "image.png")))).toBe(true);
});

test("Logging videos: frames, size, fps and pictures of the single one", async () => {
  const fields = logged<VideoFields>("my_video");
  expect(fields).toMatchObject({
    caption: "Random video",
    type: "video/mp4",
    frames: 10,
    fps: 30,
  });
  const video = await probeVideo(bytesOf(fields));
  expect(video).toMatchObject({ width: 64, height: 64, frameCount: 10, fps: 30 });
  const frames = randint(0, 255, 10 * 3 * 64 * 64);
  expect(bestMatches(video.greys, framesOf(frames, 10))).toEqual([...Array(10).keys()]);
});

test("Logging videos: the batch is tiled into a grid", async () => {
  const fields = logged<VideoFields>("batch_videos");
  expect(fields).toMatchObject({ caption: "Batch of videos", frames: 10, fps: 15 });
  expect(await probeVideo(bytesOf(fields))).toMatchObject({
    width: 128,
    height: 128,
    frameCount: 10,
    fps: 15,
  });
});

test("Logging videos: the file as it is", () => {
  const fields = logged<VideoFields>("file_video");
  expect(fields).toMatchObject({ caption: "Video from file", type: "video/mp4" });
  expect(bytesOf(fields).equals(readFileSync(join(GUIDE_FILES, "video.mp4")))).toBe(true);
});

/** The guide's snippets with the unmodified package: every value is here as the script gave it. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, vi } from "vitest";
import type { MediaItems, MediaTable, RunList, TableRows } from "../../src/protocol/api.ts";
import { decodeSeriesFrame } from "../../src/protocol/series-frame-codec.ts";
import { ROOT } from "../../tools/run-command.ts";
import { probeVideo } from "../guide/probe-video.ts";
import { pathWithFfmpeg } from "./ffmpeg-path.ts";
import { canRunKit } from "./kit.ts";
import { pythonTest, RunningPython } from "./python.ts";
import type { ServerProcess } from "./server-process.ts";
import { startShow } from "./servers.ts";

const GUIDE = join(ROOT, "examples", "python", "track_guide.py");
const GUIDE_FILES = join(ROOT, "examples", "path", "to");

let show: ServerProcess;
let script: RunningPython;
let said: string;
/** Oldest first: without a name, `my_first_run` with all of the guide, and the one with a config. */
let runs: RunList["runs"];

beforeAll(async () => {
  if (!canRunKit) return;
  show = await startShow();
  script = new RunningPython([GUIDE], { env: { ...show.env, PATH: pathWithFfmpeg() } });
  const { code, stderr } = await script.ended();
  if (code !== 0) throw new Error(stderr);
  said = stderr;
  await vi.waitFor(
    async () => {
      const { runs } = await ask<RunList>("runs");
      expect(runs.map(({ recordCount }) => recordCount)).toEqual([1, 8, 1]);
    },
    { timeout: 20_000 },
  );
  runs = (await ask<RunList>("runs")).runs.toReversed();
});

afterAll(async () => {
  await script?.[Symbol.asyncDispose]();
  await show?.[Symbol.asyncDispose]();
});

async function request(path: string, body?: object): Promise<Response> {
  const response = await fetch(
    `${show.url}/api/v1/${path}`,
    body && { method: "POST", body: JSON.stringify(body) },
  );
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}

/** An answer of our read API about the guide's project. */
async function ask<T>(path: string, body?: object): Promise<T> {
  return (await (await request(`projects/my_project/${path}`, body)).json()) as T;
}

/** All numbers of a metric of the guide's long run, by step. */
async function seriesOf(key: string): Promise<{ steps: number[]; values: number[] }> {
  const body = { runs: [runs[1]!.id], keys: [key] };
  const response = await request("projects/my_project/series", body);
  const [series] = decodeSeriesFrame(new Uint8Array(await response.arrayBuffer())).series;
  return { steps: Array.from(series!.firstX), values: Array.from(series!.first) };
}

interface Shown {
  readonly blob: string;
  readonly type: string;
  readonly caption: string;
  readonly path: string;
}

/** What the guide logged under `key`: one item at one step, and its bytes as a page gets them. */
async function shown(key: string, kind: string): Promise<{ fields: Shown; bytes: Buffer }> {
  const { items } = await ask<MediaItems>("media/items", { key, kind, runs: [runs[1]!.id] });
  expect(items).toHaveLength(1);
  const fields = items[0]!.fields as Shown;
  const response = await request(`blobs/${fields.blob}?path=${encodeURIComponent(fields.path)}`);
  return { fields, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** The files that the client itself made, by their place in its own media folder. */
function filesOfTheClient(): Map<string, Buffer> {
  const folder = join(script.home, "client-data", "media");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1).replaceAll("\\", "/"), readFileSync(path)];
    }),
  );
}

pythonTest("the script has no trouble", () => {
  expect(said).not.toMatch(/warn|error|traceback/i);
});

pythonTest(
  "Initialization, naming, configuration: three runs, the second and third of one name",
  () => {
    expect(runs.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^\w+-\w+-\d+$/),
      "my_first_run",
      "my_first_run",
    ]);
    expect(runs[2]!.config).toMatchObject({ learning_rate: 0.001, batch_size: 32 });
    expect(runs.map(({ damagedLines }) => damagedLines)).toEqual([0, 0, 0]);
  },
);

pythonTest("Finishing: the protocol has no end of a run, so that it is running, then idle", () => {
  for (const { status } of runs) expect(["running", "idle"]).toContain(status);
});

pythonTest("Logging data, resuming: each call is the next step, after the resume too", async () => {
  expect(await seriesOf("loss")).toEqual({ steps: [0, 1, 2, 7], values: [0.05, 0.05, 0.04, 0.03] });
  expect(await seriesOf("accuracy")).toEqual({ steps: [1], values: [0.95] });
});

pythonTest("Logging tables: columns and cells of the data frame", async () => {
  const body = { key: "texts", sources: [{ run: runs[1]!.id }], whole: true };
  const { columns, rows } = await ask<TableRows>("table", body);
  expect(columns).toEqual([
    { name: "prompt", type: "string" },
    { name: "completion", type: "string" },
    { name: "reward", type: "number" },
  ]);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ["Trackio", "is great!", 0.123],
    ["Logging is", "easy and fun!", 0.456],
  ]);
});

pythonTest("Logging images: the file as it is, with its caption", async () => {
  const { fields, bytes } = await shown("image", "image");
  expect(fields).toMatchObject({ caption: "Image caption", type: "image/png" });
  expect(bytes.equals(readFileSync(join(GUIDE_FILES, "image.png")))).toBe(true);
});

pythonTest.for([
  { key: "my_video", caption: "Random video", size: 64, fps: 30 },
  { key: "batch_videos", caption: "Batch of videos", size: 128, fps: 15 },
])(
  "Logging videos from numbers: $key, as the client made it",
  async ({ key, caption, size, fps }) => {
    const { fields, bytes } = await shown(key, "video");
    expect(fields).toMatchObject({ caption, type: "image/gif" });
    expect(bytes.equals(filesOfTheClient().get(fields.path)!)).toBe(true);
    const video = await probeVideo(bytes);
    // A GIF counts in hundredths of a second.
    expect(video).toMatchObject({ width: size, height: size, frameCount: 10 });
    expect(Math.abs(video.fps - fps)).toBeLessThan(4);
  },
);

pythonTest("Logging videos: the file as it is", async () => {
  const { fields, bytes } = await shown("file_video", "video");
  expect(fields).toMatchObject({ caption: "Video from file", type: "video/mp4" });
  expect(bytes.equals(readFileSync(join(GUIDE_FILES, "video.mp4")))).toBe(true);
});

pythonTest("the page is told of each of them at its step", async () => {
  const { media } = await ask<MediaTable>("media", { runs: [runs[1]!.id] });
  expect(
    media.map(({ key, kind, firstStep }) => ({ key, kind, step: firstStep[0] })).sort(byStep),
  ).toEqual([
    { key: "texts", kind: "table", step: 2 },
    { key: "image", kind: "image", step: 3 },
    { key: "my_video", kind: "video", step: 4 },
    { key: "batch_videos", kind: "video", step: 5 },
    { key: "file_video", kind: "video", step: 6 },
  ]);
});

function byStep(a: { step: number | undefined }, b: { step: number | undefined }): number {
  return a.step! - b.step!;
}

/**
 * What a page feels of pictures and tables: how soon a table of a million rows
 * opens and is sorted, how long the event loop is held meanwhile, and how many
 * small pictures a second come over a browser's six connections.
 */

import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DataFolder } from "../src/journal/data-folder.ts";
import { BlobFolder } from "../src/media/blob-folder.ts";
import { BlobMaker } from "../src/media/blob-maker.ts";
import { keepRaw } from "../src/media/keep-blob.ts";
import type { TableQuery, TableRows } from "../src/protocol/api.ts";
import { parseProjectKey } from "../src/protocol/ids.ts";
import { type BlobHash, MediaRef } from "../src/protocol/media.ts";
import { startServer } from "../src/server/start-server.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { EPOCH_MS, JournalLike } from "../src/store/testing/batches.ts";
import { encodeRawTable, type NamedColumn } from "../src/tables/raw-table.ts";
import { encodeTexts } from "../src/tables/text-column.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";
import { inFolder } from "./in-folder.ts";

const WORDS = ["cat", "dog", "ship", "truck", "frog", "horse", "deer", "plane"];
const KEY = "predictions";
const RUN = "run-0";

export async function rows(options: BenchOptions): Promise<readonly BenchRow[]> {
  const rowCount = options.short ? 100_000 : 1_000_000;
  const rounds = options.short ? 1 : 3;
  const tables = await inFolder((root) => measureTables(root, rowCount, rounds));
  const pictures = await inFolder((root) => measurePictures(root, options.short ? 10 : 100));
  const size = `a table of ${rowCount.toLocaleString("en-US")} × 5`;
  return [
    atMost(`${size} opens over HTTP, fresh server`, tables.openMs, "ms", 500),
    atMost(`${size} sorted by a number over HTTP, first time`, tables.sortNumberMs, "ms", 1_500),
    atMost(`${size} sorted by a text over HTTP, first time`, tables.sortTextMs, "ms", 1_500),
    atMost(`${size}, the next page of a sort`, tables.nextPageMs, "ms", 100),
    atMost(`a chart's question while ${size} is sorted`, tables.otherMs, "ms", 200),
    atMost("event-loop delay of the server while it sorts, p99", tables.delayMs, "ms", 20),
    {
      name: "pictures of 10 kB over six connections",
      value: pictures.perSecond,
      unit: "requests/s",
      target: "for information",
      holds: true,
    },
    atMost("first byte of such a picture, p95", pictures.firstByteMs, "ms", 50),
  ];
}

interface TableTimes {
  readonly openMs: number;
  readonly sortNumberMs: number;
  readonly sortTextMs: number;
  readonly nextPageMs: number;
  readonly otherMs: number;
  readonly delayMs: number;
}

/** Each round with a server of its own, whose readers have seen no table; the middle one of each time. */
async function measureTables(root: string, rowCount: number, rounds: number): Promise<TableTimes> {
  await fillTable(root, rowCount);
  const times: TableTimes[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await measureOnce(root, rowCount));
  const middle = (name: keyof TableTimes) => median(times.map((time) => time[name]));
  return {
    openMs: middle("openMs"),
    sortNumberMs: middle("sortNumberMs"),
    sortTextMs: middle("sortTextMs"),
    nextPageMs: middle("nextPageMs"),
    otherMs: middle("otherMs"),
    delayMs: middle("delayMs"),
  };
}

async function measureOnce(root: string, rowCount: number): Promise<TableTimes> {
  await using server = await startServer({ root, port: 0 });
  const ask = async (query: Partial<TableQuery>) => {
    const beganAt = performance.now();
    const response = await fetch(`${server.url}/api/v1/projects/bench/table`, {
      method: "POST",
      body: JSON.stringify({ key: KEY, sources: [{ run: RUN }], ...query }),
    });
    const answer = (await response.json()) as TableRows;
    if (answer.totalCount !== rowCount)
      throw new Error(`Rows are missing: ${JSON.stringify(answer)}`);
    return performance.now() - beganAt;
  };
  const openMs = await ask({});
  const histogram = monitorEventLoopDelay({ resolution: 5 });
  histogram.enable();
  const sorting = ask({ sort: { column: 1, descending: true } });
  const beganAt = performance.now();
  await (await fetch(`${server.url}/api/v1/projects/bench/runs`)).json();
  const otherMs = performance.now() - beganAt;
  const sortNumberMs = await sorting;
  const sortTextMs = await ask({ sort: { column: 2, descending: false } });
  histogram.disable();
  const nextPageMs = await ask({ sort: { column: 2, descending: false }, from: rowCount / 2 });
  // The histogram counts whole intervals: what is beyond the 5 ms asked for is delay.
  const delayMs = Math.max(0, histogram.percentile(99) / 1e6 - 5);
  return { openMs, sortNumberMs, sortTextMs, nextPageMs, otherMs, delayMs };
}

/** A run whose one record is a table of five columns, its part made Parquet as it is after a few seconds. */
async function fillTable(root: string, rowCount: number): Promise<void> {
  const blobs = new BlobFolder(new DataFolder(root));
  const columns = fiveColumns(rowCount);
  const { header, chunks } = encodeRawTable(columns);
  const { hash } = keepRaw(blobs, header, chunks);
  if ((await new BlobMaker(blobs).make(hash)) !== "ready") throw new Error("No table was made.");
  const table = new MediaRef("table", {
    table: "t",
    columns: columns.map(({ name, data }) => ({ name, type: data.type })),
    before: 0,
    parts: [{ blob: hash, rows: rowCount }],
  });
  const journal = new JournalLike({
    id: RUN as JournalLike["run"]["id"],
    project: "bench",
    projectKey: parseProjectKey("bench"),
  });
  const store = await SqliteStore.open(join(root, "store", "store.db"));
  const end = { state: "finished" as const };
  await store.fold(
    journal.batch([{ step: 0, values: { [KEY]: table } }], { end, seenAt: EPOCH_MS }),
  );
  await store.close();
}

function fiveColumns(rowCount: number): NamedColumn[] {
  const every = <Value>(value: (row: number) => Value) =>
    Array.from({ length: rowCount }, (_, row) => value(row));
  const nulls = undefined;
  const isRight = Uint8Array.from(every((row) => (row % 3 > 0 ? 1 : 0)));
  const text = every((row) => `sample ${(row * 7_919) % rowCount} of the test set`);
  const guess = every((row) => WORDS[(row * 31) % WORDS.length]!);
  return [
    { name: "id", data: { type: "number", nulls, values: Float64Array.from(every((row) => row)) } },
    {
      name: "loss",
      data: { type: "number", nulls, values: Float64Array.from(every(Math.random)) },
    },
    { name: "text", data: encodeTexts("string", text) },
    { name: "guess", data: encodeTexts("string", guess) },
    { name: "isRight", data: { type: "boolean", nulls, values: isRight } },
  ];
}

async function measurePictures(
  root: string,
  bursts: number,
): Promise<{ perSecond: number; firstByteMs: number }> {
  const blobs = new BlobFolder(new DataFolder(root));
  const hashes = Array.from({ length: 600 }, (_, i) => writePicture(blobs, i));
  await using server = await startServer({ root, port: 0 });
  const read = async (count: number) => {
    const page = fork(join(import.meta.dirname, "children", "read-blobs.ts"), [
      server.url,
      String(count),
      ...hashes,
    ]);
    const [told] = (await once(page, "message")) as [{ totalMs: number; firstByteMs: number[] }];
    await once(page, "exit");
    return told;
  };
  // The first round warms both sides and is not counted.
  await read(5);
  const { totalMs, firstByteMs } = await read(bursts);
  const sorted = firstByteMs.toSorted((a, b) => a - b);
  return {
    perSecond: (firstByteMs.length / totalMs) * 1_000,
    firstByteMs: sorted[Math.floor(sorted.length * 0.95)]!,
  };
}

/** Ten kilobytes that begin as a PNG does. */
function writePicture(blobs: BlobFolder, number: number): BlobHash {
  const bytes = Buffer.alloc(10_000, number % 256);
  bytes.write("\x89PNG\r\n\x1a\n", "latin1");
  bytes.writeUInt32LE(number, 100);
  const hash = createHash("sha256").update(bytes).digest("hex") as BlobHash;
  mkdirSync(dirname(blobs.readyFile(hash)), { recursive: true });
  writeFileSync(blobs.readyFile(hash), bytes);
  return hash;
}

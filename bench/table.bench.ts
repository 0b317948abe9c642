/**
 * Tables of a million rows and five columns: what `log()` costs the script, and
 * what a person waits for who opens, sorts and filters one. The rooms alone: the
 * way over HTTP comes on top.
 */

import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as trackio from "../src/sdk/index.ts";
import { openTablePart } from "../src/tables/open-table-part.ts";
import { queryTable, type TableSource } from "../src/tables/query-table.ts";
import { encodeTableParquet } from "../src/tables/table-parquet.ts";
import type { CheckedTableQuery } from "../src/tables/table-source.ts";
import { atMost, type BenchOptions, type BenchRow, median } from "./bench-row.ts";

const ROWS = 1_000_000;
const COLUMNS = [
  { name: "step", type: "number" },
  { name: "loss", type: "number" },
  { name: "reward", type: "number" },
  { name: "prompt", type: "string" },
  { name: "correct", type: "boolean" },
] as const;
const QUERY: CheckedTableQuery = {
  ...{ key: "t", sources: [{ run: "r" }], filters: [], from: 0, count: 100, whole: false },
};
const LOSS = 1;
const PROMPT = 3;

export async function rows({ short }: BenchOptions): Promise<readonly BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "trackio-bench-table-"));
  try {
    const trials = short ? 1 : 5;
    const logMs = Array.from({ length: trials + 1 }, (_, i) => measureLog(join(dir, `typed-${i}`)));
    const raw = await logRows(join(dir, "rows"));
    const beganAt = performance.now();
    const parquet = await Promise.all(raw.parts.map(toParquet));
    const encodeMs = performance.now() - beganAt;
    const read = await measureReads(dir, parquet, trials);
    const rawRead = await measureReads(dir, raw.parts, trials);
    return [
      // The first call loads the part of the SDK that keeps media.
      atMost(
        "log(Table), 1M rows × 5 typed columns, on the caller",
        median(logMs.slice(1)),
        "ms",
        100,
      ),
      atMost("log(Table), 1M rows as objects, on the caller", raw.logMs, "ms", 3000),
      atMost("table of 1M rows made Parquet, by a worker", encodeMs, "ms", 5000),
      atMost("table of 1M rows opened", read.openMs, "ms", 500),
      atMost("table of 1M rows opened, before it is Parquet", rawRead.openMs, "ms", 500),
      atMost("table of 1M rows sorted by a number", read.numberMs, "ms", 1500),
      atMost("table of 1M rows sorted by text", read.textMs, "ms", 1500),
      atMost("next pages of the sorted table", read.nextMs, "ms", 20),
      atMost("table of 1M rows filtered by text in any column", read.filterMs, "ms", 3000),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Milliseconds in `log()`. */
function measureLog(dir: string): number {
  const run = trackio.init({ project: "bench", dir });
  const numbers = () => Float64Array.from({ length: ROWS }, Math.random);
  const table = new trackio.Table({
    ...{ a: numbers(), b: numbers(), c: Float32Array.from({ length: ROWS }, Math.random) },
    ...{ d: Int32Array.from({ length: ROWS }, (_, i) => i), e: numbers() },
  });
  const beganAt = performance.now();
  run.log({ table });
  const tookMs = performance.now() - beganAt;
  void run.finish();
  rmSync(dir, { recursive: true });
  return tookMs;
}

interface Part {
  readonly path: string;
  readonly rows: number;
}

/** Logs a table of rows that are objects. */
async function logRows(
  dir: string,
): Promise<{ readonly logMs: number; readonly parts: readonly Part[] }> {
  const run = trackio.init({ project: "bench", dir });
  const objects = Array.from({ length: ROWS }, (_, i) => ({
    step: i,
    loss: Math.random(),
    reward: i % 3 === 0 ? null : Math.random(),
    prompt: `prompt/${(i * 7919) % ROWS} of many`,
    correct: i % 2 === 0,
  }));
  const beganAt = performance.now();
  run.log({ table: new trackio.Table(objects) });
  const logMs = performance.now() - beganAt;
  await run.finish();
  const pending = join(dir, "store", "blobs", "pending");
  const parts: Part[] = [];
  for (const name of readdirSync(pending).filter((name) => name.endsWith(".raw"))) {
    const part = await openTablePart(join(pending, name));
    parts.push({ path: part.path, rows: part.rowCount });
    part.close();
  }
  return { logMs, parts };
}

async function toParquet({ path, rows }: Part): Promise<Part> {
  await encodeTableParquet(path, `${path}.parquet`);
  return { path: `${path}.parquet`, rows };
}

interface ReadTimes {
  readonly openMs: number;
  readonly numberMs: number;
  readonly textMs: number;
  readonly nextMs: number;
  readonly filterMs: number;
}

/** Each but the next page is of files that nobody has read before. */
async function measureReads(
  dir: string,
  parts: readonly Part[],
  trials: number,
): Promise<ReadTimes> {
  const times: Record<keyof ReadTimes, number[]> = {
    ...{ openMs: [], numberMs: [], textMs: [], nextMs: [], filterMs: [] },
  };
  const byNumber = { sort: { column: LOSS, descending: true } };
  for (let trial = 0; trial < trials; trial += 1) {
    const fresh = () => copyParts(dir, parts);
    times.openMs.push(await measureQuery(fresh(), { from: ROWS / 2 }));
    const sorted = fresh();
    times.numberMs.push(await measureQuery(sorted, byNumber));
    const pages: number[] = [];
    for (let from = 100; from < 1500; from += 100) {
      pages.push(await measureQuery(sorted, { ...byNumber, from }));
    }
    times.nextMs.push(median(pages));
    times.textMs.push(await measureQuery(fresh(), { sort: { column: PROMPT, descending: false } }));
    const filters = [{ op: "contains" as const, value: "9999" }];
    times.filterMs.push(await measureQuery(fresh(), { filters }));
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, ms]) => [name, median(ms)]),
  ) as unknown as ReadTimes;
}

let copies = 0;

function copyParts(dir: string, parts: readonly Part[]): TableSource {
  const copied = parts.map(({ path, rows }) => {
    copies += 1;
    const copy = join(dir, `copy-${copies}`);
    copyFileSync(path, copy);
    return { path: copy, rows };
  });
  return { run: "r", step: 0, missingRows: 0, columns: COLUMNS, parts: copied };
}

async function measureQuery(
  source: TableSource,
  query: Partial<CheckedTableQuery>,
): Promise<number> {
  const beganAt = performance.now();
  const { totalCount, rows } = await queryTable([source], { ...QUERY, ...query });
  const tookMs = performance.now() - beganAt;
  if (totalCount !== ROWS || rows.length === 0) throw new Error("The table has other rows.");
  return tookMs;
}

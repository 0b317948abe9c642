/**
 * A CSV file as a run, as Trackio for Python imports one: a column `step`, maybe
 * one `timestamp`, and a metric for each further column that has nothing but
 * numbers. The run's id is made from the file's content, so that the same file
 * makes the same run.
 */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import type { OpenStore } from "../../ingest/open-store.ts";
import { BlockBuilder } from "../../ingest/trackio-folder/block-builder.ts";
import { ProjectRuns } from "../../ingest/trackio-folder/project-runs.ts";
import { timeOf } from "../../ingest/trackio-folder/translate-rows.ts";
import { TrackioError } from "../../protocol/errors.ts";
import { checkName, parseProjectKey, type RunId } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import { encodeValue } from "../../protocol/values.ts";
import type { Imported, ImportTally } from "./import-tally.ts";
import { readCsv } from "./read-csv.ts";

/** Rows of one fold. */
const BATCH_ROWS = 10_000;
/** As Python's `float()` takes them. */
const NUMBER = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

export interface CsvOptions {
  readonly project?: string;
  readonly name?: string;
}

interface CsvTable {
  readonly metrics: readonly { readonly name: string; readonly column: number }[];
  readonly stepColumn: number;
  /** −1 where there is none. */
  readonly timeColumn: number;
  readonly rows: readonly (readonly string[])[];
  /** Names of columns that are not all numbers. */
  readonly leftOut: readonly string[];
}

/** @throws {@link TrackioError} `invalid_argument` where it has no column `step`, no number, or a step that is none. */
export async function importCsv(
  { folder, store }: OpenStore,
  path: string,
  options: CsvOptions,
  tally: ImportTally,
): Promise<Imported> {
  const stem = basename(path, extname(path));
  const { project = stem, name = stem } = options;
  const key = parseProjectKey(project, "--project");
  checkName(name, "--name");
  const bytes = readFileSync(path);
  const table = readTable(path, bytes.toString("utf8"));
  const { mtimeMs } = statSync(path);
  const digest = createHash("sha256").update(`${key}\0${name}\0`).update(bytes).digest("hex");
  const id = `csv-${digest.slice(0, 32)}` as RunId;
  const firstMs = table.rows.map((row) => timeIn(table, row)).find((time) => time !== undefined);
  const runs = new ProjectRuns(folder, store, { key, name: project }, Date.now);
  const createdAt = firstMs ?? mtimeMs;
  // It has an end: nobody goes on with it.
  const { client: _, ...run } = await runs.identityOf({ id, name, createdAt });
  const source = `import/csv/${key}/${id}`;
  for (let from = await store.offset(source); from < table.rows.length; ) {
    const to = Math.min(from + BATCH_ROWS, table.rows.length);
    const { blocks, newestMs } = blocksOf(table, from, to, createdAt);
    await store.fold({
      source,
      from,
      to,
      run,
      writer: { id: "csv", host: "", pid: 0 },
      blocks,
      ...(to === table.rows.length && { end: { state: "finished" } as const }),
      seenAt: newestMs,
      damagedLines: 0,
    });
    from = to;
  }
  const notes = table.leftOut.map(
    (column) => `The column '${column}' is left out, since not all of it are numbers.`,
  );
  return await tally.end(undefined, notes);
}

function readTable(path: string, text: string): CsvTable {
  const [header = [], ...rows] = readCsv(text.replace(/^\uFEFF/, ""));
  const find = (wanted: string) => header.findIndex((name) => name.trim().toLowerCase() === wanted);
  const stepColumn = find("step");
  const timeColumn = find("timestamp");
  if (stepColumn < 0) {
    throw new TrackioError(
      "invalid_argument",
      `'${path}' has no column 'step'; its first line is ${JSON.stringify(header.join(",").slice(0, 80))}.`,
    );
  }
  const others = header.flatMap((name, column) =>
    column === stepColumn || column === timeColumn ? [] : [{ name, column }],
  );
  const isNumeric = ({ column }: { readonly column: number }) =>
    rows.every((row) => (row[column] ?? "") === "" || NUMBER.test((row[column] as string).trim()));
  const metrics = others.filter(isNumeric);
  const logged = rows.filter((row) => metrics.some(({ column }) => (row[column] ?? "") !== ""));
  if (logged.length === 0) {
    throw new TrackioError(
      "invalid_argument",
      `'${path}' has no numbers in columns besides 'step' and 'timestamp'.`,
    );
  }
  for (const row of logged) {
    if (Number.isFinite(Number.parseFloat(row[stepColumn] ?? ""))) continue;
    const shown = JSON.stringify(row[stepColumn] ?? "");
    throw new TrackioError("invalid_argument", `'${path}': step ${shown} is no number.`);
  }
  const leftOut = others.filter((column) => !isNumeric(column)).map(({ name }) => name);
  return { metrics, stepColumn, timeColumn, rows: logged, leftOut };
}

function blocksOf(table: CsvTable, from: number, to: number, createdAt: number) {
  const builder = new BlockBuilder();
  let time = createdAt;
  let newestMs = createdAt;
  for (let i = from; i < to; i++) {
    const row = table.rows[i]!;
    time = timeIn(table, row) ?? time;
    newestMs = Math.max(newestMs, time);
    const present = table.metrics.filter(({ column }) => (row[column] ?? "") !== "");
    builder.add({
      keys: present.map(({ name }) => name),
      values: present.map(({ column }) => numberIn(row[column]!)),
      step: Math.trunc(Number.parseFloat(row[table.stepColumn]!)) + 0,
      time,
      number: i,
      id: undefined,
    });
  }
  return { blocks: builder.blocks(), newestMs };
}

function timeIn({ timeColumn }: CsvTable, row: readonly string[]): number | undefined {
  return timeColumn < 0 ? undefined : timeOf((row[timeColumn] ?? "").trim());
}

function numberIn(cell: string): Json {
  const text = cell.trim().toLowerCase();
  if (text.endsWith("nan")) return { $: "NaN" };
  if (text.includes("inf")) return { $: text.startsWith("-") ? "-Infinity" : "Infinity" };
  return encodeValue(Number(text));
}

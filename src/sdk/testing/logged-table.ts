/** What the SDK left of tables, as a reader of the store sees it. */

import { existsSync, readdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { DataFolder } from "../../journal/data-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { BlobMaker } from "../../media/blob-maker.ts";
import type { Json } from "../../protocol/json.ts";
import { MediaRef, type TableFields, type TablePart } from "../../protocol/media.ts";
import { decodeValue, type Value } from "../../protocol/values.ts";
import { queryTable } from "../../tables/query-table.ts";
import type { TableSource } from "../../tables/table-source.ts";
import { readRuns } from "./on-disk.ts";

/** The fields of the tables under `key` of the first run, record by record. */
export function loggedTables(folder: DataFolder, key: string): TableFields[] {
  return (readRuns(folder)[0]?.rows ?? []).flatMap((row) => {
    const value = row[key];
    return value instanceof MediaRef && value.kind === "table" ? [value.fields as TableFields] : [];
  });
}

/** Returns when all parts are Parquet; the run's own maker may be at some of them. */
export async function makeParts(folder: DataFolder): Promise<void> {
  const blobs = new BlobFolder(folder);
  if (!existsSync(blobs.pendingPath)) return;
  for (let look = 0; look < 1200; look += 1) {
    await new BlobMaker(blobs).makePending({ olderThanMs: 0 });
    const isMade = !readdirSync(blobs.pendingPath).some((name) => /\.(raw|making)$/.test(name));
    if (isMade) return;
    await wait(50);
  }
  throw new Error("The parts were not made within a minute.");
}

/** Parts of the last table under `key`, with those of the records before that it goes on from. */
export function sourceOf(folder: DataFolder, key: string): TableSource {
  const records = loggedTables(folder, key);
  const last = records.at(-1);
  if (last === undefined) throw new Error(`There is no table under ${key}.`);
  let parts: readonly TablePart[] = [];
  for (const record of records) {
    if (record.table !== last.table) continue;
    parts = record.before === 0 ? record.parts : [...parts, ...record.parts];
  }
  const blobs = new BlobFolder(folder);
  return {
    run: "r",
    missingRows: 0,
    columns: last.columns,
    parts: parts.map(({ blob, rows }) => {
      const found = blobs.find(blob);
      if (found.state === "missing") throw new Error(`The part ${blob} is not there.`);
      return { path: found.path, rows };
    }),
  };
}

export interface ReadTable {
  /** `name:type` */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

/** The last table under `key`, read from its files. */
export async function readTable(folder: DataFolder, key: string): Promise<ReadTable> {
  const { columns, rows } = await queryTable([sourceOf(folder, key)], {
    ...{ key, sources: [{ run: "r" }], filters: [], from: 0, count: 1_000_000 },
    whole: true,
  });
  return {
    columns: columns.map(({ name, type }) => `${name}:${type}`),
    rows: rows.map(({ cells }) => cells.map((cell) => decodeValue(cell as Json))),
  };
}

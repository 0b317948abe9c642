/**
 * Tables as they stood at a step of a run: found in the store, their parts on
 * the disk. A maker may turn a part from plain columns into Parquet, and so move
 * it, while it is read; then it is looked up, and read, once more.
 */

import type { BlobFolder } from "../../media/blob-folder.ts";
import { readFailure } from "../../media/failed-blob.ts";
import type { TableRows } from "../../protocol/api.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { RunId } from "../../protocol/ids.ts";
import type { TablePart } from "../../protocol/media.ts";
import type { LoggedTable } from "../../store/media-reads.ts";
import type { Store } from "../../store/store.ts";
import { queryTable } from "../../tables/query-table.ts";
import { exportTableCsv } from "../../tables/table-csv.ts";
import type { TableSource } from "../../tables/table-source.ts";
import { findRun } from "./find-run.ts";
import type { TableQuestion } from "./question.ts";

/** Where tables are: what was logged, and the files of its parts. */
export interface TablePlaces {
  readonly store: Store;
  readonly blobs: BlobFolder;
}

/** A part moves once; so often it is looked for where it may be now. */
const MAX_LOOKS = 10;

export interface PageOptions {
  /** Rows of parts that are lost are told as missing, as long as there are others; else they are an error. */
  readonly passesOverLost?: boolean;
  /** Of all cells together; absent: no limit. */
  readonly mostBytes?: number;
}

/** @throws {@link TrackioError} `not_found` for an unknown run, `invalid_argument` for a column that is not there or too many cells, `damaged` for a part that cannot be read. */
export async function readTable(
  places: TablePlaces,
  question: TableQuestion,
  { passesOverLost = false, mostBytes }: PageOptions = {},
): Promise<TableRows> {
  const tables = await findTables(places.store, question);
  for (let look = 1; ; look += 1) {
    const sources = locate(places.blobs, tables);
    const isSomeThere = sources.some(({ parts }) => parts.some(({ path }) => path !== undefined));
    if (!passesOverLost || !isSomeThere) refuseLost(places.blobs, question, tables, sources);
    try {
      return await queryTable(sources, question.query, mostBytes);
    } catch (error) {
      if (look === MAX_LOOKS || !haveMoved(places.blobs, tables, sources)) throw error;
    }
  }
}

/** All rows that the filters leave, as CSV in pieces; it has no place to say that some are lost. @throws as {@link readTable}. */
export async function* exportTable(
  places: TablePlaces,
  question: TableQuestion,
): AsyncGenerator<string, void, undefined> {
  const tables = await findTables(places.store, question);
  // The same rows give the same pieces: after a part has moved, those that were given are passed over.
  let givenCount = 0;
  for (let look = 1; ; look += 1) {
    const sources = locate(places.blobs, tables);
    refuseLost(places.blobs, question, tables, sources);
    let pieceCount = 0;
    try {
      for await (const piece of exportTableCsv(sources, question.query)) {
        pieceCount += 1;
        if (pieceCount <= givenCount) continue;
        yield piece;
        givenCount = pieceCount;
      }
      return;
    } catch (error) {
      if (look === MAX_LOOKS || !haveMoved(places.blobs, tables, sources)) throw error;
    }
  }
}

/** What a source of the query names; without a table where the run has none up to the step. */
interface FoundTable {
  readonly run: string;
  readonly table: LoggedTable | undefined;
}

async function findTables(store: Store, question: TableQuestion): Promise<FoundTable[]> {
  const { project, query } = question;
  const found: FoundTable[] = [];
  for (const { run, step, index } of query.sources) {
    const options = {
      ...(step === undefined ? {} : { step }),
      ...(index === undefined ? {} : { index }),
    };
    let table = await store.findTable(project, run as RunId, query.key, options);
    if (table !== undefined) {
      found.push({ run, table });
      continue;
    }
    const { id } = await findRun(store, { ...question, run });
    if (id !== run) table = await store.findTable(project, id, query.key, options);
    found.push({ run: id, table });
  }
  return found;
}

function locate(blobs: BlobFolder, tables: readonly FoundTable[]): TableSource[] {
  return tables.map(({ run, table }) => {
    if (table === undefined) return { run, missingRows: 0, columns: [], parts: [] };
    const { step, missingRows, columns } = table;
    const parts = table.parts.map((part) => ({ path: pathOf(blobs, part), rows: part.rows }));
    return { run, step, missingRows, columns, parts };
  });
}

/** @throws {@link TrackioError} `damaged` for the first part that is lost, with the reason. */
function refuseLost(
  blobs: BlobFolder,
  { query }: TableQuestion,
  tables: readonly FoundTable[],
  sources: readonly TableSource[],
): void {
  for (const [index, { run, step, parts }] of sources.entries()) {
    const place = parts.findIndex(({ path }) => path === undefined);
    const lost = tables[index]!.table?.parts[place];
    if (lost === undefined) continue;
    const which = `Part ${place + 1} of ${parts.length} of table '${query.key}', step ${step} of run '${run}'`;
    throw new TrackioError("damaged", `${which}, ${whyMissing(blobs, lost)}`);
  }
}

/** A part is read in whichever form it has; undefined where it has none. */
function pathOf(blobs: BlobFolder, { blob }: TablePart): string | undefined {
  const found = blobs.find(blob);
  const isReadable = found.state === "ready" || found.state === "raw" || found.state === "given";
  return isReadable ? found.path : undefined;
}

function whyMissing(blobs: BlobFolder, { blob, rows }: TablePart): string {
  const reason = readFailure(blobs, blob);
  if (reason !== undefined) return `could not be kept: ${reason}`;
  return `with ${rows} rows, is not on the disk any more: ${blobs.readyFile(blob)} was deleted. Restore it from a backup, or log the table again.`;
}

function haveMoved(
  blobs: BlobFolder,
  tables: readonly FoundTable[],
  sources: readonly TableSource[],
): boolean {
  return tables.some(({ table }, i) =>
    table?.parts.some((part, k) => {
      const path = pathOf(blobs, part);
      return path !== undefined && path !== sources[i]?.parts[k]?.path;
    }),
  );
}

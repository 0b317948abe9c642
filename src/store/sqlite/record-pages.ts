/** Reading the records of a lane whole, in pages, as points, as rows, or as they were written. */

import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { type KeyPath, seriesKey } from "../../protocol/journal-line.ts";
import type { Json } from "../../protocol/json.ts";
import type { Lane } from "../../protocol/run.ts";
import { decodeNumber, decodeValue, type Value } from "../../protocol/values.ts";
import { columnJson, rowValues } from "../record-values.ts";
import { selectKeys } from "../select-keys.ts";
import type { Column, Point, RecordsQuery, Row, StoredRecord } from "../store.ts";
import { requireRun, runRow } from "./catalogue.ts";
import type { Database } from "./database.ts";
import { type KeySet, listKeySets } from "./key-sets.ts";
import { readLongValue } from "./long-values.ts";
import { type PageRecord, RowReader } from "./row-reader.ts";
import { TimeReader } from "./time-reader.ts";

/** Records in a page of an iteration. */
const PAGE_RECORDS = 4096;
/** A page whose long values have so many characters is given before it is full. */
const PAGE_LONG_CHARACTERS = 16_000_000;

/** Where records lie. */
interface Place {
  readonly project: ProjectKey;
  readonly run: RunId;
  readonly lane?: Lane;
}

/** Which of their columns are read, as numbers of the key set's keys; undefined where its records are passed over. */
type Choice = (keySet: KeySet) => readonly number[] | undefined;

export function* readPoints(db: Database, place: Place, key: string): Generator<readonly Point[]> {
  const choose: Choice = ({ keys }) => {
    const numbers = keys.flatMap((path, number) => (seriesKey(path) === key ? [number] : []));
    return numbers.length > 0 ? numbers : undefined;
  };
  for (const page of pagesOf(db, place, choose, new RowReader())) {
    const points = page.flatMap(({ step, time, columns, row }) =>
      columns.flatMap((column) => {
        const value = numberAt(column, row);
        return value === undefined ? [] : [{ step, time, value }];
      }),
    );
    if (points.length > 0) yield points;
  }
}

export function* readRows(db: Database, place: Place): Generator<readonly Row[]> {
  const keysOf = new Map<number, readonly KeyPath[]>();
  const choose: Choice = ({ id, keys }) => {
    keysOf.set(id, keys);
    return keys.map((_, number) => number);
  };
  for (const page of pagesOf(db, place, choose, new RowReader())) {
    yield* cutAtLongValues(db, place, page, ({ keySet, step, time, columns, row }, read): Row => {
      const values = columns.map(
        (column): Value =>
          column.kind === "numbers" ? column.values[row]! : decodeValue(read(column.values[row]!)),
      );
      return { step, time, values: rowValues(keysOf.get(keySet)!, values) };
    });
  }
}

/** Nothing where the run or lane is not there. */
export function* readRecords(
  db: Database,
  query: RecordsQuery,
): Generator<readonly StoredRecord[]> {
  const { order, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
  if (db.read(() => runRow(db, query.project, query.run, query.lane)) === undefined) return;
  const keysOf = new Map<number, readonly KeyPath[]>();
  const choose: Choice = ({ id, keys }) => {
    const selection = selectKeys(keys, query.keys);
    if (selection !== undefined && !keysOf.has(id)) keysOf.set(id, selection.keys);
    return selection?.columns;
  };
  const reader = order === "time" ? new TimeReader(from, to) : new RowReader({ from, to });
  for (const page of pagesOf(db, query, choose, reader)) {
    yield* cutAtLongValues(db, query, page, ({ keySet, step, time, columns, row }, read) => {
      const values = columns.map((column) =>
        column.kind === "numbers" ? columnJson(column, row) : read(column.values[row]!),
      );
      return { keys: keysOf.get(keySet)!, step, time, values };
    });
  }
}

/** Pages of records in the order of the reader; each is read on a state of its own. */
function* pagesOf(
  db: Database,
  { project, run, lane }: Place,
  choose: Choice,
  reader: RowReader | TimeReader,
): Generator<readonly PageRecord[]> {
  for (;;) {
    const page = db.read(() => {
      const selection = new Map<number, readonly number[]>();
      for (const keySet of listKeySets(db, requireRun(db, project, run, lane))) {
        const columns = choose(keySet);
        if (columns !== undefined) selection.set(keySet.id, columns);
      }
      return reader.readPage(db, selection, PAGE_RECORDS);
    });
    if (page.length === 0) return;
    for (let at = 0; at < page.length; at += PAGE_RECORDS) yield page.slice(at, at + PAGE_RECORDS);
  }
}

/** What `make` makes of each record; a page is given early where its long values have many characters. */
function* cutAtLongValues<T>(
  db: Database,
  place: Place,
  page: readonly PageRecord[],
  make: (record: PageRecord, read: (json: Json) => Json) => T,
): Generator<readonly T[]> {
  let made: T[] = [];
  let longCharacters = 0;
  const read = (json: Json): Json => {
    const long = longValue(db, place, json);
    longCharacters += long?.text.length ?? 0;
    return long === undefined ? json : long.value;
  };
  for (const record of page) {
    made.push(make(record, read));
    if (longCharacters < PAGE_LONG_CHARACTERS) continue;
    yield made;
    made = [];
    longCharacters = 0;
  }
  if (made.length > 0) yield made;
}

/** Read apart from its page, so that the run may be gone by now. */
function longValue(
  db: Database,
  { project, run, lane }: Place,
  json: Json,
): ReturnType<typeof readLongValue> {
  if (typeof json !== "object" || json === null) return undefined;
  return db.read(() => {
    requireRun(db, project, run, lane);
    return readLongValue(db, json);
  });
}

function numberAt(column: Column, row: number): number | bigint | undefined {
  return column.kind === "numbers" ? column.values[row] : decodeNumber(column.values[row] ?? null);
}

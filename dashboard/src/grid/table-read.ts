/**
 * A table as it is looked at, kept true: which runs' tables, at which steps, sorted
 * and filtered as the address says. The old rows stay until the new ones are there.
 */

import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";
import type { TableFilter, TableQuery, TableRows } from "../../../src/protocol/api.ts";
import { fetchTable, ReadError } from "../api/client.ts";
import { createLiveRead } from "../state/live-read.ts";
import type { KeyedMedia, MediaChange } from "../state/media-facts.ts";
import { touches } from "../state/media-facts.ts";
import type { TableLook } from "../state/table-look.ts";
import { readFilter } from "./cell-filter.ts";
import { RowBook } from "./row-book.ts";

/** More tables than this the server refuses to read as one; the newest runs come first. */
export const MOST_SOURCES = 100;

export interface TableReadOptions {
  readonly project: Accessor<string | undefined>;
  /** The table's key and the runs shown that have it; undefined: nothing is asked for. */
  readonly media: Accessor<KeyedMedia | undefined>;
  readonly look: Accessor<TableLook>;
  readonly lastChange: Accessor<MediaChange>;
  /** Out of sight, what changes is read when it is seen again. */
  readonly isInSight: Accessor<boolean>;
  readonly offline: () => void;
  /** The topmost row in sight, read again first where the order of rows stays. */
  readonly topRow: () => number;
}

export interface TableRead {
  /** Undefined until the first rows are there. */
  readonly book: Accessor<RowBook | undefined>;
  /** Rises as rows arrive. */
  readonly version: Accessor<number>;
  /** Sort and filters of the rows that are there: where they change, the place is the top again. */
  readonly order: Accessor<string>;
  /** Other rows than those that are there are being read. */
  readonly isReading: Accessor<boolean>;
  readonly error: Accessor<string | undefined>;
  readonly retry: () => void;
}

type Columns = TableRows["columns"];

interface Question {
  readonly project: string;
  readonly query: TableQuery;
  readonly name: string;
  readonly order: string;
}

export function createTableRead(options: TableReadOptions): TableRead {
  const [columns, setColumns] = createSignal<Columns | undefined>();
  const [version, setVersion] = createSignal(0);
  let orderShown = "";
  const [rowError, setRowError] = createSignal<string | undefined>();
  const change = createRevision(options);
  const question = createMemo<Question | undefined>(
    () => {
      const [project, media, look] = [options.project(), options.media(), options.look()];
      if (project === undefined || !media || media.runs.length === 0) return undefined;
      const query = tableQuery(media, look, columns());
      const order = JSON.stringify([project, media.key, query.sort, query.filters]);
      return { project, query, order, name: `${project} ${change()} ${JSON.stringify(query)}` };
    },
    undefined,
    { equals: (a, b) => a?.name === b?.name },
  );
  const openBook = async (asked: Question, signal: AbortSignal): Promise<RowBook> => {
    const { query } = asked;
    const fetch = (wanted: TableQuery, call: AbortSignal) =>
      fetchTable(asked.project, wanted, call);
    const failed = (error: Error | undefined) => {
      if (error instanceof ReadError && error.isOffline) options.offline();
      else setRowError(error?.message);
    };
    const changed = () => setVersion((count) => count + 1);
    // Sort and filters name columns, the server wants their places: where those become known, the question is another one, and this one is called off.
    if (needsColumns(options.look()) && columns() === undefined) {
      const answer = await fetch({ ...query, count: 0 }, signal);
      setColumns(answer.columns);
      signal.throwIfAborted();
    }
    const at = asked.order === orderShown ? options.topRow() : 0;
    const book = await RowBook.open({ query, fetch, changed, failed }, at, signal);
    setColumns(book.facts.columns);
    signal.throwIfAborted();
    orderShown = asked.order;
    return book;
  };
  const read = createLiveRead(question, openBook, options.offline);
  const book = createMemo(() => {
    const answer = read.answer();
    const isOfProject = answer?.question.project === options.project();
    return isOfProject && options.media() ? answer?.value : undefined;
  });
  const order = createMemo(() => read.answer()?.question.order ?? "");
  createEffect(
    on(book, (now, old) => {
      if (old !== now) old?.close();
      setRowError(undefined);
    }),
  );
  onCleanup(() => book()?.close());
  return {
    book,
    version,
    order,
    isReading: () => question() !== undefined && read.answer()?.question !== question(),
    error: () => read.error() ?? rowError(),
    retry: () => {
      read.retry();
      book()?.retry();
    },
  };
}

/** Rises where what is looked at may have changed. */
function createRevision(options: TableReadOptions): Accessor<number> {
  const { media, look, lastChange, isInSight } = options;
  let seen = lastChange();
  let isStale = false;
  return createMemo<number>((count) => {
    const now = lastChange();
    if (now !== seen) {
      seen = now;
      const runs = media()?.runs.map(({ run }) => run) ?? [];
      const { step = Number.POSITIVE_INFINITY, withStep = step } = look();
      isStale ||= touches(now, Math.max(step, withStep), runs);
    }
    if (!isStale || !isInSight()) return count;
    isStale = false;
    return count + 1;
  }, 0);
}

function needsColumns({ sort, filters }: TableLook): boolean {
  return sort !== undefined || filters !== undefined;
}

/** @param columns Of the table, so far as they are known: sort and filters name them. */
export function tableQuery(
  media: KeyedMedia,
  look: TableLook,
  columns: Columns | undefined,
): TableQuery {
  const query: TableQuery = { key: media.key, sources: sourcesOf(media, look) };
  const { sort, filters = {}, isTogether } = look;
  const column = columns?.findIndex(({ name }) => name === sort?.column) ?? -1;
  if (sort !== undefined && column >= 0) query.sort = { column, descending: sort.descending };
  else if (isTogether && query.sources.length > 1) query.sort = { column: -1 };
  const asked: TableFilter[] = [];
  for (const [place, { name, type }] of columns?.entries() ?? []) {
    const reading = Object.hasOwn(filters, name) ? readFilter(filters[name]!, type) : undefined;
    if (reading && "filter" in reading) asked.push({ ...reading.filter, column: place });
  }
  if (asked.length > 0) query.filters = asked;
  return query;
}

/** A table a run; two where steps are compared; more where a run logged several under the key at once. */
function sourcesOf({ runs }: KeyedMedia, { step, withStep }: TableLook): TableQuery["sources"] {
  const steps = withStep === undefined || withStep === step ? [step] : [step, withStep];
  const sources = runs.flatMap(({ run, mostAtOnce }) =>
    steps.flatMap((at) =>
      Array.from({ length: Math.max(1, mostAtOnce) }, (_, index) => ({
        run,
        ...(at === undefined ? {} : { step: at }),
        ...(mostAtOnce > 1 ? { index } : {}),
      })),
    ),
  );
  return sources.slice(0, MOST_SOURCES);
}

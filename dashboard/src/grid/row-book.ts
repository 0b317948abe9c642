/**
 * The rows of one question to the server, as far as they were looked at: blocks
 * of rows, and of columns where there are many, read when they come into sight.
 * What was scrolled past before it arrived is called off, and of what was read
 * only the last is kept, so that a million rows cost what is seen of them.
 */

import type { TableQuery, TableRows } from "../../../src/protocol/api.ts";
import type { Json } from "../../../src/protocol/json.ts";
import { ReadError } from "../api/client.ts";

export interface RowBookOptions {
  readonly query: TableQuery;
  readonly fetch: (query: TableQuery, signal: AbortSignal) => Promise<TableRows>;
  /** Rows arrived. */
  readonly changed: () => void;
  /** A read failed; undefined: a later one worked. */
  readonly failed: (error: Error | undefined) => void;
}

/** What the first answer says of the whole table. */
export type TableFacts = Pick<TableRows, "columns" | "sources" | "totalCount" | "rowCount">;

export interface RowPlace {
  readonly source: number;
  readonly row: number;
}

/** Rows and columns that are looked at; `last` is the last one. */
export interface Sight {
  readonly first: number;
  readonly last: number;
  readonly firstColumn: number;
  readonly lastColumn: number;
}

interface Block {
  readonly rows: readonly RowPlace[];
  /** By group of columns; a row's cells in their order. */
  readonly cells: Map<number, readonly (readonly Json[])[]>;
}

/** So many rows are read at once. */
export const BLOCK_ROWS = 100;
/** A table of more columns is read in groups of so many. */
const GROUP_COLUMNS = 48;
const MOST_READS = 2;
const MOST_BLOCKS = 80;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;

export class RowBook {
  readonly facts: TableFacts;
  readonly #options: RowBookOptions;
  readonly #query: TableQuery;
  /** The one used last is the last. */
  readonly #blocks = new Map<number, Block>();
  readonly #calls = new Map<string, AbortController>();
  readonly #isGrouped: boolean;
  #wanted: readonly string[] = [];
  #isClosed = false;
  #isHeldBack = false;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  private constructor(options: RowBookOptions, query: TableQuery, answer: TableRows) {
    this.#options = options;
    // Later blocks are of the same steps, whatever is logged meanwhile.
    this.#query = {
      ...query,
      sources: query.sources.map((source, i) => pinned(source, answer.sources[i]?.step)),
    };
    const { columns, sources, totalCount, rowCount } = answer;
    this.facts = { columns, sources, totalCount, rowCount };
    this.#isGrouped = columns.length > GROUP_COLUMNS;
    this.#take(answer, undefined);
  }

  /** Reads the block of row `at` and what is to be known of the table. */
  static async open(options: RowBookOptions, at: number, signal: AbortSignal): Promise<RowBook> {
    const from = Math.max(0, Math.floor(at / BLOCK_ROWS)) * BLOCK_ROWS;
    const query = { ...options.query, from, count: BLOCK_ROWS };
    return new RowBook(options, options.query, await options.fetch(query, signal));
  }

  /** What `query` asks for, of the steps that its answer is about. */
  get query(): TableQuery {
    return this.#query;
  }

  row(index: number): RowPlace | undefined {
    return this.#blocks.get(Math.floor(index / BLOCK_ROWS))?.rows[index % BLOCK_ROWS];
  }

  /** Undefined until it is there. */
  cell(index: number, column: number): Json | undefined {
    const group = this.#isGrouped ? groupOf(column) : 0;
    const cells = this.#blocks.get(Math.floor(index / BLOCK_ROWS))?.cells.get(group);
    return cells?.[index % BLOCK_ROWS]?.[this.#isGrouped ? column % GROUP_COLUMNS : column];
  }

  /** The cells of `column` that are there, some of them. */
  *cellsOf(column: number): Generator<Json> {
    const group = this.#isGrouped ? groupOf(column) : 0;
    const place = this.#isGrouped ? column % GROUP_COLUMNS : column;
    for (const { cells } of this.#blocks.values()) {
      for (const row of cells.get(group) ?? []) yield row[place] ?? null;
    }
  }

  /** Reads what can be seen and is not there, then the rows after it. */
  see({ first, last, firstColumn, lastColumn }: Sight): void {
    const groups = this.#isGrouped
      ? range(Math.floor(firstColumn / GROUP_COLUMNS), Math.floor(lastColumn / GROUP_COLUMNS))
      : [0];
    const end = Math.max(0, this.facts.rowCount - 1);
    const seen = range(blockOf(first), blockOf(Math.min(end, last)));
    const beside = [blockOf(Math.min(end, last + BLOCK_ROWS / 2)), blockOf(first - BLOCK_ROWS / 2)];
    const blocks = new Set([...seen, ...beside].filter((block) => block >= 0));
    this.#wanted = [...blocks].flatMap((block) => groups.map((group) => `${block} ${group}`));
    for (const block of seen) this.#touch(block);
    for (const [name, call] of this.#calls) {
      if (this.#wanted.includes(name)) continue;
      call.abort();
      this.#calls.delete(name);
    }
    this.#readNext();
  }

  /** One cell in full. */
  async whole(index: number, column: number, signal: AbortSignal): Promise<Json> {
    const query = { ...this.#query, columns: [column], from: index, count: 1, whole: true };
    const answer = await this.#options.fetch(query, signal);
    return (answer.rows[0]?.cells[0] ?? null) as Json;
  }

  retry(): void {
    clearTimeout(this.#retrying);
    this.#isHeldBack = false;
    this.#readNext();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retrying);
    for (const call of this.#calls.values()) call.abort();
    this.#calls.clear();
  }

  #readNext(): void {
    if (this.#isClosed || this.#isHeldBack) return;
    for (const name of this.#wanted) {
      if (this.#calls.size >= MOST_READS) return;
      const [block, group] = name.split(" ").map(Number) as [number, number];
      const isThere = this.#blocks.get(block)?.cells.has(group);
      if (!isThere && !this.#calls.has(name)) void this.#read(name, block, group);
    }
  }

  async #read(name: string, block: number, group: number): Promise<void> {
    const call = new AbortController();
    this.#calls.set(name, call);
    try {
      const query: TableQuery = { ...this.#query, from: block * BLOCK_ROWS, count: BLOCK_ROWS };
      if (this.#isGrouped) query.columns = this.#columnsOf(group);
      const answer = await this.#options.fetch(query, call.signal);
      if (call.signal.aborted) return;
      this.#take(answer, this.#isGrouped ? group : undefined);
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#options.failed(undefined);
      this.#options.changed();
    } catch (error) {
      if (!call.signal.aborted) this.#fail(error);
    } finally {
      if (this.#calls.get(name) === call) this.#calls.delete(name);
      this.#readNext();
    }
  }

  #fail(error: unknown): void {
    this.#options.failed(error instanceof Error ? error : new ReadError(String(error)));
    this.#isHeldBack = true;
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => this.retry(), this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** @param group Undefined: the answer has all columns. */
  #take(answer: TableRows, group: number | undefined): void {
    const index = blockOf(answer.from);
    const rows = answer.rows.map(({ source, row }) => ({ source, row }));
    const block = this.#blocks.get(index) ?? { rows, cells: new Map() };
    const cells = answer.rows.map((row) => row.cells as readonly Json[]);
    if (group !== undefined || !this.#isGrouped) block.cells.set(group ?? 0, cells);
    else {
      for (const one of range(0, groupOf(this.facts.columns.length - 1))) {
        const [from, to] = [one * GROUP_COLUMNS, (one + 1) * GROUP_COLUMNS];
        block.cells.set(
          one,
          cells.map((row) => row.slice(from, to)),
        );
      }
    }
    this.#blocks.set(index, block);
    this.#touch(index);
    for (const old of this.#blocks.keys()) {
      if (this.#blocks.size <= MOST_BLOCKS) break;
      this.#blocks.delete(old);
    }
  }

  #touch(index: number): void {
    const block = this.#blocks.get(index);
    if (!block) return;
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
  }

  #columnsOf(group: number): number[] {
    const last = Math.min(this.facts.columns.length, (group + 1) * GROUP_COLUMNS) - 1;
    return range(group * GROUP_COLUMNS, last);
  }
}

function pinned(
  source: TableQuery["sources"][number],
  step: number | undefined,
): TableQuery["sources"][number] {
  return step === undefined ? source : { ...source, step };
}

function blockOf(row: number): number {
  return Math.floor(row / BLOCK_ROWS);
}

function groupOf(column: number): number {
  return Math.floor(column / GROUP_COLUMNS);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

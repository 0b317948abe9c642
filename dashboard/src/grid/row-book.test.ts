import { expect, test } from "vitest";
import type { TableQuery, TableRows } from "../../../src/protocol/api.ts";
import { RowBook } from "./row-book.ts";

interface Asked {
  readonly query: TableQuery;
  readonly signal: AbortSignal;
  readonly answer: () => void;
}

/** A server that answers when it is told to. */
function slowServer(rowCount: number, columnCount: number) {
  const asked: Asked[] = [];
  const fetch = (query: TableQuery, signal: AbortSignal) =>
    new Promise<TableRows>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("called off")));
      asked.push({ query, signal, answer: () => resolve(answerTo(query, rowCount, columnCount)) });
    });
  return { asked, fetch };
}

function answerTo(query: TableQuery, rowCount: number, columnCount: number): TableRows {
  const { from = 0, count = 100 } = query;
  const columns = Array.from({ length: columnCount }, (_, i) => ({
    name: `c${i}`,
    type: "number" as const,
  }));
  const places = query.columns ?? columns.map((_, i) => i);
  const length = Math.max(0, Math.min(count, rowCount - from));
  return {
    columns,
    sources: [{ run: "a", step: 7, rowCount, missingRows: 0 }],
    totalCount: rowCount,
    rowCount,
    from,
    rows: Array.from({ length }, (_, i) => ({
      source: 0,
      row: from + i,
      cells: places.map((column) => (from + i) * 1000 + column),
    })),
  };
}

async function openBook(rowCount: number, columnCount: number, at = 0) {
  const server = slowServer(rowCount, columnCount);
  let changes = 0;
  const opening = RowBook.open(
    {
      query: { key: "t", sources: [{ run: "a" }] },
      fetch: server.fetch,
      changed: () => {
        changes += 1;
      },
      failed: () => {},
    },
    at,
    new AbortController().signal,
  );
  server.asked[0]!.answer();
  return { server, book: await opening, changes: () => changes };
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));
const sight = (first: number, last: number) => ({ first, last, firstColumn: 0, lastColumn: 3 });
const froms = (asked: readonly Asked[]) => asked.map(({ query }) => query.from);

test("it opens with the block of the row asked for; later blocks are of the step of the first answer", async () => {
  const { server, book } = await openBook(1000, 4, 250);
  expect(froms(server.asked)).toEqual([200]);
  expect(book.cell(250, 2)).toBe(250_002);
  expect(book.cell(100, 2)).toBeUndefined();
  book.see(sight(310, 330));
  expect(server.asked[1]!.query).toMatchObject({ from: 300, sources: [{ run: "a", step: 7 }] });
});

test("what was scrolled past is called off, what is seen is read", async () => {
  const { server, book, changes } = await openBook(1_000_000, 4);
  book.see(sight(5000, 5020));
  book.see(sight(90_000, 90_020));
  const [, first, second] = server.asked;
  expect(first!.signal.aborted).toBe(true);
  await settled();
  const open = server.asked.filter(({ signal }) => !signal.aborted);
  for (const one of open) one.answer();
  expect(froms(open)).toContain(90_000);
  await settled();
  expect(second).toBeDefined();
  expect(book.cell(90_001, 1)).toBe(90_001_001);
  expect(book.cell(5000, 1)).toBeUndefined();
  expect(changes()).toBeGreaterThan(0);
});

test("never more than two reads are under way", async () => {
  const { server, book } = await openBook(1_000_000, 400);
  book.see({ first: 500, last: 900, firstColumn: 0, lastColumn: 399 });
  expect(server.asked.length - 1).toBe(2);
});

test("of many columns only those in sight are read", async () => {
  const { server, book } = await openBook(1000, 400);
  expect(book.cell(5, 399)).toBe(5399);
  book.see({ first: 500, last: 520, firstColumn: 100, lastColumn: 110 });
  const { columns } = server.asked[1]!.query;
  expect(columns).toEqual(Array.from({ length: 48 }, (_, i) => 96 + i));
  server.asked[1]!.answer();
  await settled();
  expect(book.cell(510, 105)).toBe(510_105);
  expect(book.cell(510, 5)).toBeUndefined();
});

test("what is kept is bounded, and what was looked at last is kept", async () => {
  const { server, book } = await openBook(1_000_000, 4);
  for (let block = 1; block <= 200; block += 1) {
    book.see(sight(block * 100 + 40, block * 100 + 45));
    for (let i = 0; i < 3; i += 1) {
      for (const one of server.asked) one.answer();
      await settled();
    }
  }
  expect(book.cell(20_040, 0)).toBe(20_040_000);
  expect(book.cell(140, 0)).toBeUndefined();
});

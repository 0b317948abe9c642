import { readdirSync, rmSync, truncateSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestFolder } from "../../ingest/testing/journals.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { BlobMaker } from "../../media/blob-maker.ts";
import { writeFailure } from "../../media/failed-blob.ts";
import { keepRaw } from "../../media/keep-blob.ts";
import {
  errorSchema,
  runListSchema,
  type TableQuery,
  type TableRows,
  tableRowsSchema,
} from "../../protocol/api.ts";
import { type BlobHash, MediaRef, type TablePart } from "../../protocol/media.ts";
import type { RunIdentity } from "../../protocol/run.ts";
import { encodeRawTable } from "../../tables/raw-table.ts";
import { column } from "../../tables/testing/table-files.ts";
import { type RunningServer, startServer } from "../start-server.ts";

let data: TestFolder;
let blobs: BlobFolder;
let server: RunningServer;
const logged: string[] = [];

beforeAll(async () => {
  data = new TestFolder();
  blobs = new BlobFolder(data);
  server = await startServer({ root: data.root, port: 0, log: (line) => logged.push(line) });
});

afterAll(async () => {
  await server.close();
  data[Symbol.dispose]();
  expect(logged).toEqual([]);
});

const COLUMNS = [
  { name: "id", type: "number" },
  { name: "guess", type: "string" },
] as const;

/** Keeps rows `from` to `to`: the id is the row, the guess a word. */
function keepRows(from: number, to: number): TablePart {
  const ids = Array.from({ length: to - from }, (_, i) => from + i);
  const { header, chunks } = encodeRawTable([
    { name: "id", data: column("number", ids) },
    {
      name: "guess",
      data: column(
        "string",
        ids.map((id) => `word ${id % 7}, "${id}"`),
      ),
    },
  ]);
  return { blob: keepRaw(blobs, header, chunks).hash, rows: to - from };
}

function tableOf(name: string, before: number, parts: readonly TablePart[]): MediaRef<"table"> {
  return new MediaRef("table", { table: name, columns: COLUMNS, before, parts });
}

/** A run that has logged these tables, one a step, folded. */
async function runWith(
  name: string,
  tables: readonly MediaRef<"table">[],
  key = "text",
): Promise<RunIdentity> {
  const run = data.run("log-table", { name });
  const journal = data.journal(run);
  for (const [step, table] of tables.entries()) journal.log(step, { [key]: table });
  journal.end();
  const deadline = Date.now() + 30_000;
  for (;;) {
    const response = await fetch(`${server.url}/api/v1/projects/log-table/runs`);
    if (response.status === 200) {
      const { runs } = runListSchema.parse(await response.json());
      if (runs.some(({ id, status }) => id === run.id && status === "finished")) return run;
    }
    if (Date.now() > deadline) throw new Error("The run was not folded within 30 s.");
    await delay(20);
  }
}

function post(what: string, query: unknown, headers: { [name: string]: string } = {}) {
  const body = JSON.stringify(query);
  return fetch(`${server.url}/api/v1/projects/log-table/${what}`, {
    method: "POST",
    headers,
    body,
  });
}

async function rowsOf(query: TableQuery): Promise<TableRows> {
  const response = await post("table", query);
  expect(response.status, await response.clone().text()).toBe(200);
  return tableRowsSchema.parse(await response.json());
}

async function errorOf(response: Response, status: number): Promise<string> {
  expect(response.status).toBe(status);
  return errorSchema.parse(await response.json()).error.message;
}

const firstCells = ({ rows }: TableRows) => rows.map(({ cells }) => cells[0]);

describe("a table that was logged in parts", () => {
  let run: RunIdentity;

  beforeAll(async () => {
    run = await runWith("grown", [
      tableOf("t", 0, [keepRows(0, 10)]),
      tableOf("t", 10, [keepRows(10, 25)]),
    ]);
  });

  test("is read as a whole, the newest unless a step is named", async () => {
    const newest = await rowsOf({ key: "text", sources: [{ run: run.id }] });
    expect(newest).toMatchObject({
      columns: COLUMNS,
      sources: [{ run: run.id, step: 1, rowCount: 25, missingRows: 0 }],
      totalCount: 25,
      rowCount: 25,
    });
    expect(firstCells(newest)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    const first = await rowsOf({ key: "text", sources: [{ run: run.id, step: 0 }] });
    expect([first.totalCount, first.sources[0]!.step]).toEqual([10, 0]);
  });

  test("is sorted and filtered here, a page at a time", async () => {
    const page = await rowsOf({
      key: "text",
      sources: [{ run: run.id }],
      sort: { column: 0, descending: true },
      filters: [{ column: 1, op: "contains", value: "word 3" }],
      from: 1,
      count: 2,
    });
    expect([page.rowCount, page.totalCount, page.from]).toEqual([4, 25, 1]);
    expect(firstCells(page)).toEqual([17, 10]);
  });

  test("is the same before and after it is made Parquet", async () => {
    const query = { key: "text", sources: [{ run: run.id }], count: 25 };
    const before = await rowsOf(query);
    await new BlobMaker(blobs).makePending({ olderThanMs: 0 });
    expect(readdirSync(blobs.pendingPath)).toEqual([]);
    expect(await rowsOf(query)).toEqual(before);
  });

  test("may stand beside another run's, which may have none at that step", async () => {
    const other = await runWith("other", [tableOf("u", 0, [keepRows(100, 103)])]);
    const empty = await runWith("empty", [tableOf("v", 0, [keepRows(0, 1)])], "something else");
    const sources = [{ run: run.id, step: 0 }, { run: other.id }, { run: empty.id }];
    const both = await rowsOf({ key: "text", sources, from: 8 });
    expect(both.sources).toEqual([
      { run: run.id, step: 0, rowCount: 10, missingRows: 0 },
      { run: other.id, step: 0, rowCount: 3, missingRows: 0 },
      { run: empty.id, rowCount: 0, missingRows: 0 },
    ]);
    expect(both.rows.map(({ source, row, cells }) => [source, row, cells[0]])).toEqual([
      [0, 8, 8],
      [0, 9, 9],
      [1, 0, 100],
      [1, 1, 101],
      [1, 2, 102],
    ]);
  });

  test("comes compressed where it is wanted", async () => {
    const whole = await runWith("long", [tableOf("w", 0, [keepRows(0, 1_000)])]);
    const query = { key: "text", sources: [{ run: whole.id }], count: 1_000 };
    const response = await post("table", query, { "accept-encoding": "gzip" });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(tableRowsSchema.parse(await response.json()).rows.length).toBe(1_000);
  });

  test("a run may be named instead of its id, and an unknown one is answered with the nearest", async () => {
    expect((await rowsOf({ key: "text", sources: [{ run: "grown" }] })).sources[0]!.run).toBe(
      run.id,
    );
    const refused = await post("table", { key: "text", sources: [{ run: "grwon" }] });
    expect(await errorOf(refused, 404)).toBe("No run 'grwon'. Did you mean 'grown'?");
    const body = JSON.stringify({ key: "text", sources: [{ run: "x" }] });
    const project = await fetch(`${server.url}/api/v1/projects/log-tabel/table`, {
      method: "POST",
      body,
    });
    expect(await errorOf(project, 404)).toBe("No project 'log-tabel'. Did you mean 'log-table'?");
  });

  test.each([
    ["a column that is not there", { sort: { column: 9 } }, 400, /9/],
    ["a filter of a column that is not there", { filters: [{ column: 9, value: "x" }] }, 400, /9/],
    ["cells of a column that is not there", { columns: [9] }, 400, /9/],
    ["a filter of a wrong type", { filters: [{ column: 0, value: { x: 1 } }] }, 400, /^filters/],
    ["a filter that is none", { filters: [{ column: 0, op: "~", value: 1 }] }, 400, /^filters/],
    ["21 filters", { filters: Array(21).fill({ value: "x" }) }, 400, /^filters/],
    ["a page too large", { count: 1_001 }, 400, /^count/],
    ["a place before the first", { from: -1 }, 400, /^from/],
    ["a place that is no number", { from: 1e300 }, 400, /^from/],
    ["no sources", { sources: [] }, 400, /^sources/],
    ["101 sources", { sources: Array(101).fill({ run: "grown" }) }, 400, /^sources/],
    ["a table before the first", { sources: [{ run: "grown", index: -1 }] }, 400, /^sources/],
  ])("%s is refused by name", async (_, query, status, message) => {
    const response = await post("table", { key: "text", sources: [{ run: run.id }], ...query });
    expect(await errorOf(response, status)).toMatch(message);
  });

  test("a filter that no cell of the column can hold leaves no rows, or is refused by name", async () => {
    const filters = [{ column: 0, op: ">" as const, value: "a word" }];
    const response = await post("table", { key: "text", sources: [{ run: run.id }], filters });
    if (response.status === 400) expect(await errorOf(response, 400)).toContain("a word");
    else expect(tableRowsSchema.parse(await response.json()).rowCount).toBe(0);
  });

  test("a hundred sources are one table", async () => {
    const sources = Array.from({ length: 100 }, (_, i) => ({ run: run.id, step: i % 2 }));
    const { totalCount, rows } = await rowsOf({
      key: "text",
      sources,
      sort: { column: -1 },
      count: 101,
    });
    expect(totalCount).toBe(50 * 10 + 50 * 25);
    expect(rows.map(({ row }) => row)).toEqual([...Array(100).fill(0), 1]);
  });
});

describe("a table whose part is gone", () => {
  async function tableOfTwoParts(name: string, from: number) {
    const parts = [keepRows(from, from + 50), keepRows(from + 50, from + 100)];
    const run = await runWith(name, [tableOf(name, 0, parts)]);
    await new BlobMaker(blobs).makePending({ olderThanMs: 0 });
    const query = { key: "text", sources: [{ run: run.id }], sort: { column: 0 }, count: 100 };
    return { query, first: parts[0]!.blob, blob: parts[1]!.blob };
  }

  const fileOf = (blob: BlobHash) => blobs.readyFile(blob);

  test("the other rows are shown, and how many are lost", async () => {
    const { query, blob } = await tableOfTwoParts("deleted", 1_000);
    rmSync(fileOf(blob));
    const { sources, totalCount, rows } = await rowsOf(query);
    expect(sources).toMatchObject([{ rowCount: 50, missingRows: 50 }]);
    expect([totalCount, rows[0]?.cells[0], rows.at(-1)?.cells[0]]).toEqual([50, 1_000, 1_049]);
    const message = await errorOf(await post("table.csv", query), 500);
    expect(message).toMatch(
      /^Part 2 of 2 of table 'text', step 0 of run '\w+', with 50 rows, is not/,
    );
  });

  test("where no rows are left, it says why", async () => {
    const { query, blob, first } = await tableOfTwoParts("failed", 2_000);
    rmSync(fileOf(blob));
    rmSync(fileOf(first));
    writeFailure(blobs, first, "The disk had a bad block.");
    expect(await errorOf(await post("table", query), 500)).toMatch(/^Part 1 .*bad block/);
  });

  test("truncated under the server, it is refused, and the next table is read", async () => {
    const { query, blob } = await tableOfTwoParts("truncated", 3_000);
    expect((await post("table", query)).status).toBe(200);
    truncateSync(fileOf(blob), 100);
    expect(await errorOf(await post("table", query), 500)).toContain("cannot be read");
    const { query: next } = await tableOfTwoParts("next", 4_000);
    expect((await rowsOf(next)).totalCount).toBe(100);
  });
});

describe("a table as CSV", () => {
  let run: RunIdentity;

  beforeAll(async () => {
    run = await runWith("csv", [tableOf("c", 0, [keepRows(0, 20_000)])], "valid/guesses");
  });

  const query = () => ({ key: "valid/guesses", sources: [{ run: run.id }] });

  test("has all rows that the filters leave, in the order asked for", async () => {
    const response = await post("table.csv", {
      ...query(),
      sort: { column: 0, descending: true },
      filters: [{ column: 0, op: "<", value: 3 }],
    });
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-disposition")).toContain('filename="valid-guesses.csv"');
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toBe(
      'id,guess\r\n2,"word 2, ""2"""\r\n1,"word 1, ""1"""\r\n0,"word 0, ""0"""\r\n',
    );
  });

  test("is asked for with a form, so that a browser writes it to the disk", async () => {
    const body = new URLSearchParams({ query: JSON.stringify(query()) });
    const response = await fetch(`${server.url}/api/v1/projects/log-table/table.csv`, {
      method: "POST",
      body,
    });
    expect((await response.text()).split("\r\n").length).toBe(20_002);
  });

  test("comes compressed where it is wanted", async () => {
    const response = await post("table.csv", query(), { "accept-encoding": "gzip" });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect((await response.text()).split("\r\n").length).toBe(20_002);
  });

  test("what is wrong with the query is told before the first byte", async () => {
    const refused = await post("table.csv", { ...query(), sort: { column: 9 } });
    expect(await errorOf(refused, 400)).toContain("9");
    const form = new URLSearchParams({ other: "x" });
    const url = `${server.url}/api/v1/projects/log-table/table.csv`;
    expect(await errorOf(await fetch(url, { method: "POST", body: form }), 400)).toContain("query");
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const broken = await fetch(url, { method: "POST", body: "--y", headers });
    expect(await errorOf(broken, 400)).toContain("form");
  });

  test("who goes away in the middle leaves room for others", async () => {
    const long = await runWith("longer", [tableOf("l", 0, [keepRows(0, 500_000)])]);
    for (let round = 0; round < 2; round += 1) {
      const leaving = new AbortController();
      const answers = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const response = await fetch(`${server.url}/api/v1/projects/log-table/table.csv`, {
            method: "POST",
            body: JSON.stringify({ key: "text", sources: [{ run: long.id }] }),
            signal: leaving.signal,
          });
          await response.body!.getReader().read();
          return response.status;
        }),
      );
      expect(answers).toEqual([200, 200, 200, 200]);
      const fifth = await post("table.csv", query());
      expect(await errorOf(fifth, 503)).toContain("4 tables are being exported");
      leaving.abort();
      const deadline = Date.now() + 30_000;
      for (;;) {
        const next = await post("table.csv", query());
        await next.text();
        if (next.status === 200) break;
        if (Date.now() > deadline) throw new Error("No room within 30 s.");
        await delay(20);
      }
    }
  });
});

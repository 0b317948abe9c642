import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import type { BlobHash } from "../../protocol/media.ts";
import * as trackio from "../index.ts";
import { openRun } from "../testing/logged-media.ts";
import { loggedTables, makeParts, readTable } from "../testing/logged-table.ts";
import { startScript } from "../testing/run-script.ts";

const { Table } = trackio;

describe("a table that grows", () => {
  test("logged again with more rows, it keeps the new rows only", async () => {
    const { folder, log } = openRun();
    const table = new Table([{ a: 1 }]);
    log({ t: table });
    table.addRow({ a: 2 });
    table.addRow([3]);
    log({ t: table });
    log({ t: table });
    const records = loggedTables(folder, "t");
    expect(records.map(({ before, parts }) => [before, parts.map(({ rows }) => rows)])).toEqual([
      [0, [1]],
      [1, [2]],
      [3, []],
    ]);
    expect(new Set(records.map(({ table }) => table)).size).toBe(1);
    expect((await readTable(folder, "t")).rows).toEqual([[1], [2], [3]]);
    expect(table).toHaveLength(3);
  });

  test("under another key or in another run it is named whole, and no bytes are kept twice", async () => {
    const { folder, log, blobs } = openRun();
    const table = new Table([{ a: 1 }]);
    log({ t: table });
    table.addRow({ a: 2 });
    log({ t: table, u: table });
    const other = trackio.init({ project: "other", dir: folder.root });
    other.log({ t: table as never });
    await other.finish();
    expect(loggedTables(folder, "u")).toMatchObject([
      { before: 0, parts: [{ rows: 1 }, { rows: 1 }] },
    ]);
    expect(loggedTables(folder, "u")[0]?.table).not.toBe(loggedTables(folder, "t")[0]?.table);
    expect((await readTable(folder, "u")).rows).toEqual([[1], [2]]);
    expect(readdirSync(blobs.pendingPath)).toHaveLength(2);
    table.addRow({ a: 3 });
    log({ u: table });
    log({ t: table });
    expect(loggedTables(folder, "u").at(-1)).toMatchObject({ before: 2, parts: [{ rows: 1 }] });
    expect(loggedTables(folder, "t").at(-1)).toMatchObject({ before: 2, parts: [{ rows: 1 }] });
    expect((await readTable(folder, "t")).rows).toEqual([[1], [2], [3]]);
  });

  test("new columns and other types come with the rows that have them", async () => {
    const { folder, log } = openRun();
    const table = new Table([{ a: 1, b: null }]);
    log({ t: table });
    table.addRow({ a: "two", b: 2n, c: true });
    log({ t: table });
    table.addRow({ c: false });
    log({ t: table });
    expect(await readTable(folder, "t")).toEqual({
      columns: ["a:json", "b:bigint", "c:boolean"],
      rows: [
        [1, null, null],
        ["two", 2n, true],
        [null, null, false],
      ],
    });
  });

  test("rows count as they are at addRow; what the constructor was given, as it is when it is first logged", async () => {
    const { folder, log } = openRun();
    const first = { a: 1 };
    const table = new Table([first]);
    const row = { a: 2 };
    const list = [3];
    table.addRow(row).addRow(list).addRows([row]);
    row.a = -2;
    list[0] = -3;
    log({ t: table });
    first.a = -1;
    log({ t: table, u: table });
    expect((await readTable(folder, "t")).rows.flat()).toEqual([1, 2, 3, 2]);
    expect((await readTable(folder, "u")).rows.flat()).toEqual([1, 2, 3, 2]);
  });

  test("row by row, it does not end as a part a row, every record tells its rows, and every part is named", {
    timeout: 60_000,
  }, async () => {
    const { folder, log } = openRun();
    const table = new Table({ columns: ["i", "text"] });
    for (let i = 0; i < 500; i += 1) {
      table.addRow([i, i % 3 === 0 ? null : `row ${i}`]);
      log({ t: table });
    }
    const records = loggedTables(folder, "t");
    expect(records.filter(({ before }) => before === 0).length).toBeGreaterThan(1);
    for (const [i, record] of records.entries()) {
      expect(record.before + record.parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(i + 1);
    }
    const behind = records.length - records.findLastIndex(({ before }) => before === 0);
    expect(behind).toBeLessThanOrEqual(65);
    const named = new Set(
      records.flatMap((r) => [...r.parts.map((p) => p.blob), ...(r.blobs ?? [])]),
    );
    const pending = readdirSync(new BlobFolder(folder).pendingPath).map((name) =>
      name.slice(0, 64),
    );
    expect(pending.filter((blob) => !named.has(blob as BlobHash))).toEqual([]);
    const { columns, rows } = await readTable(folder, "t");
    expect(columns).toEqual(["i:number", "text:string"]);
    expect(rows).toEqual(
      Array.from({ length: 500 }, (_, i) => [i, i % 3 === 0 ? null : `row ${i}`]),
    );
  });

  test("parts of different types are joined without loss", { timeout: 60_000 }, async () => {
    const { folder, log } = openRun();
    const table = new Table();
    const expected: unknown[][] = [];
    for (let i = 0; i < 140; i += 1) {
      const cells = [null, i, i / 3, `${i}`, BigInt(i), [i], "\ud800", 2n ** 70n];
      const [a, b] = [cells[i % 8], i < 70 ? i : `text ${i}`];
      table.addRow(i < 30 ? { a } : { b, a });
      expected.push([a, i < 30 ? null : b]);
      log({ t: table });
    }
    expect(loggedTables(folder, "t").filter(({ before }) => before === 0).length).toBeGreaterThan(
      1,
    );
    expect((await readTable(folder, "t")).rows).toEqual(expected);
    await makeParts(folder);
    expect((await readTable(folder, "t")).rows).toEqual(expected);
  });

  test("what a call could not write counts as never kept", { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    // A file size limit is the one full disk that a test can make, and empty again.
    const script = startScript(
      folder,
      `import { execFileSync } from "node:child_process";
      const run = trackio.init({ project: "p" });
      const table = new trackio.Table([{ a: 1 }]);
      while (run.stats().failedWrites < 1) run.log({ text: "x".repeat(100) });
      run.log({ t: table });
      execFileSync("prlimit", ["--pid", String(process.pid), "--fsize=unlimited"]);
      table.addRow({ a: 2 });
      run.log({ t: table });
      await run.finish();`,
      { command: ["bash", "-c", `trap "" XFSZ; ulimit -S -f 3; exec "$0" "$@"`, process.execPath] },
    );
    expect(await script.ended()).toMatchObject({ code: 0 });
    expect(loggedTables(folder, "t")).toMatchObject([
      { before: 0, parts: [{ rows: 1 }, { rows: 1 }] },
    ]);
    expect((await readTable(folder, "t")).rows).toEqual([[1], [2]]);
  });
});

import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { checkQuery, runQuery } from "./read-only-query.ts";

/** What an older Node lacks. */
function withoutAuthorizer(): DatabaseSync {
  const db = new DatabaseSync("");
  Object.defineProperty(db, "setAuthorizer", { value: undefined });
  return db;
}

function ask(db: DatabaseSync, query: string): unknown {
  return JSON.parse(`{${[...runQuery(db, checkQuery(query))].join("")}}`);
}

describe.each([
  ["where SQLite judges", () => new DatabaseSync("")],
  ["where the statement is looked at", withoutAuthorizer],
])("%s", (_, open) => {
  test.each([
    "PRAGMA journal_mode = DELETE",
    "PRAGMA main.user_version = 7",
    "PRAGMA user_version(7)",
    "pragma query_only = 0",
    "PRAGMA writable_schema=1",
    "PRAGMA",
    "WITH a AS (SELECT 1) DELETE FROM t",
    "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
    "SELECT load_extension('x')",
    "SELECT 1; DELETE FROM t; SELECT",
    "DELETE FROM t",
    "ATTACH 'x' AS y",
    "EXPLAIN DELETE FROM t",
    ";",
  ])("%s changes nothing", (query) => {
    const db = open();
    db.exec("CREATE TABLE t (a); INSERT INTO t VALUES (5)");
    try {
      ask(db, query);
    } catch (error) {
      expect(error).toMatchObject({ name: "TrackioError", code: "conflict" });
    }
    expect(
      db.prepare("SELECT a, (SELECT user_version FROM pragma_user_version) AS v FROM t").all(),
    ).toEqual([{ a: 5, v: 0 }]);
    expect(db.prepare("PRAGMA query_only").get()).toEqual({ query_only: 0 });
    db.close();
  });

  test("of several statements none is run, but comments may follow", () => {
    const db = open();
    for (const rest of ["SELECT 2", "-- c\n SELECT 2", "/* c */ x", "; SELECT 2"]) {
      expect(() => ask(db, `SELECT 1 AS ü; ${rest}`), rest).toThrow(
        "You can only execute one statement at a time.",
      );
    }
    for (const rest of ["", " ; ", "-- c", "; -- c", "; /* c **/ -- d\n", "; /* open *"]) {
      expect(ask(db, `SELECT 1 AS ü${rest}`), rest).toMatchObject({ rows: [{ ü: 1 }] });
    }
    for (const rest of [`${"/* * ".repeat(200_000)}*/x`, `${"-".repeat(500_000)}\nx`]) {
      expect(() => ask(db, `SELECT 1; ${rest}`)).toThrow(/one statement/);
    }
    db.close();
  });

  test("a value or an answer that would fill the memory is refused, and the next query is answered", () => {
    const db = open();
    const limits = { valueBytes: 10_000, answerCharacters: 50_000 };
    const run = (query: string) => [...runQuery(db, query, limits)].join("");
    const rows = (count: number, value: string) =>
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${count}) SELECT ${value} AS a FROM n`;
    for (const value of ["zeroblob(20000)", "hex(zeroblob(20000))", "printf('%.*c', 20000, 'x')"]) {
      expect(() => run(`SELECT ${value}`), value).toThrow(/too big/);
    }
    expect(() => run(rows(100, "printf('%.*c', 5000, 'x')"))).toThrow(/^Query returned more than/);
    expect(run(rows(5, "printf('%.*c', 5000, 'x')")).length).toBeGreaterThan(25_000);
    expect(db.prepare("SELECT length(zeroblob(20000)) AS n").get()).toEqual({ n: 20_000 });
    db.close();
  });

  test("values come as Python's server tells them", () => {
    const db = open();
    const query =
      "SELECT 9223372036854775807 AS big, 2.0 AS whole, 0.1 AS f, 9e999 AS inf, NULL AS n, 'ü' AS t, x'c3bc' AS u, x'ff00' AS b, 1 AS a, 2 AS a";
    expect([...runQuery(db, checkQuery(` ${query} ; `))].join("")).toBe(
      '"columns":["big","whole","f","inf","n","t","u","b","a","a"],"rows":[' +
        '{"big":9223372036854775807,"whole":2.0,"f":0.1,"inf":null,"n":null,"t":"ü","u":"ü","b":"ff00","a":1}],"row_count":1',
    );
    expect(ask(db, "PRAGMA user_version")).toMatchObject({ rows: [{ user_version: 0 }] });
    expect(ask(db, "SELECT value FROM json_each('[1,2]')")).toMatchObject({ row_count: 2 });
    db.close();
  });
});

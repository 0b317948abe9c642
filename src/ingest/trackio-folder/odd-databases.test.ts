/** Whatever lies in a folder of Trackio for Python costs nothing but itself. */

import {
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { PythonDatabase } from "../testing/python-database.ts";
import { fingerprint, PythonFolderReader } from "../testing/read-python-folder.ts";
import { RAW_KEY } from "./translate-rows.ts";

const A = { id: "a".repeat(32), name: "run a" };
const B = { id: "b".repeat(32), name: "run b" };

function losses(count: number, from = 0, time = Date.now()) {
  return Array.from({ length: count }, (_, i) => {
    return { step: from + i, time, metrics: { loss: from + i } };
  });
}

async function lossesOf(reader: PythonFolderReader, run: string): Promise<unknown[]> {
  return (await reader.records("demo", run)).map(({ values }) => values[0]);
}

test("a database whose end is gone keeps no older one waiting, and the reading comes to an end", async () => {
  const { root } = temporaryFolder();
  {
    using torn = new PythonDatabase(root, "torn");
    torn.log(A, losses(20_000));
    using demo = new PythonDatabase(root, "demo");
    demo.log(B, losses(3, 0, Date.UTC(2020, 0)));
  }
  const path = join(root, "torn.db");
  truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096);
  const before = fingerprint(root);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2]);
  expect(reader.folder.skipped).toMatchObject([{ source: "torn.db", code: "unreadable" }]);
  expect((await reader.folder.turn(0)).more).toBe(false);
  const { done, total } = reader.folder.progress;
  expect(done).toBe(total);
  expect(fingerprint(root)).toEqual(before);
});

test("pages in the middle that are damaged cost their own run", async () => {
  const { root } = temporaryFolder();
  {
    using torn = new PythonDatabase(root, "torn");
    torn.log(B, losses(20_000));
    torn.log(A, losses(20_000));
    using demo = new PythonDatabase(root, "demo");
    demo.log(B, losses(3, 0, Date.UTC(2020, 0)));
  }
  const path = join(root, "torn.db");
  const bytes = readFileSync(path);
  let leaf = 0;
  for (let at = 4096; at < bytes.length; at += 4096) {
    if (bytes[at] === 0x0d && ++leaf > 100 && leaf < 110) bytes.fill(0xff, at, at + 4096);
  }
  writeFileSync(path, bytes);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await reader.records("torn", A.id)).toHaveLength(20_000);
  expect(reader.folder.skipped).toMatchObject([{ source: "torn.db", code: "unreadable" }]);
  expect((await reader.folder.turn(0)).more).toBe(false);
  const { done, total } = reader.folder.progress;
  expect(done).toBe(total);
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2]);
});

test("a folder with the name of a database is none", async () => {
  const { root } = temporaryFolder();
  mkdirSync(join(root, "folder.db"));
  using demo = new PythonDatabase(root, "demo");
  demo.log(B, losses(3));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2]);
  expect(reader.folder.skipped).toEqual([]);
});

test("rows with ids that no number of ours can hold keep no other database waiting", async () => {
  const { root } = temporaryFolder();
  using odd = new PythonDatabase(root, "another");
  odd.log(A, losses(2));
  odd.exec(
    "INSERT INTO metrics SELECT 9223372036854775000, run_id, timestamp, run_name, 7, metrics, null, null FROM metrics LIMIT 1",
  );
  using demo = new PythonDatabase(root, "demo");
  demo.log(B, losses(3));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2]);
});

test("a database that is linked here is read with its log, which lies beside the file itself", async () => {
  const { root } = temporaryFolder();
  const { root: elsewhere } = temporaryFolder();
  using demo = new PythonDatabase(elsewhere, "demo");
  demo.log(B, losses(3));
  symlinkSync(join(elsewhere, "demo.db"), join(root, "demo.db"));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2]);
  demo.log(B, losses(2, 3));
  await reader.read();
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2, 3, 4]);
});

test("folders where files should be, and links that lead nowhere, keep nothing waiting", async () => {
  const { root } = temporaryFolder();
  mkdirSync(join(root, "folder.db"));
  writeFileSync(join(root, "empty.db"), "");
  symlinkSync(join(root, "loop.db"), join(root, "loop.db"));
  symlinkSync(join(root, "nowhere"), join(root, "dangling.db"));
  mkdirSync(join(root, "inbox", "w", "00000000.jsonl"), { recursive: true });
  symlinkSync(join(root, "inbox", "loop"), join(root, "inbox", "loop"));
  writeFileSync(join(root, "inbox", "file"), "x");
  symlinkSync(join(root, "media"), join(root, "media"));
  using demo = new PythonDatabase(root, "demo");
  demo.log(B, losses(3));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2]);
  demo.log(B, losses(1, 3));
  await reader.read();
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2, 3]);
});

test("values of any kind in any column keep no row of another run waiting", async () => {
  const { root } = temporaryFolder();
  using demo = new PythonDatabase(root, "demo");
  demo.log(B, losses(1));
  const insert = "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) VALUES";
  demo.exec(`${insert} (x'00ff', x'ff', x'fe', x'0102', x'ff00fe')`);
  demo.exec(`${insert} ('odd', '', '', 1.5, 'a' || char(0) || 'b')`);
  demo.exec(`${insert} ('odd', '2026', '', 9e999, '')`);
  demo.exec(`${insert} ('odd', '1e400', 'o' || char(0) || 'x', -9e999, '[1]')`);
  demo.exec(`${insert} ('odd', '', 'odd', '', '{"a":{"$":"NaN"},"$":1,"__proto__":2,"":3}')`);
  demo.exec(`${insert} ('odd', '', 'odd', 'text', '{"a":"NaN"}')`);
  demo.exec(`${insert} ('odd', '', 'odd', 9223372036854775807, '{"a":1}')`);
  demo.log(B, losses(2, 1));
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(await lossesOf(reader, B.id)).toEqual([0, 1, 2]);
  const odd = await reader.records("demo", "odd");
  expect(odd).toHaveLength(6);
  expect(odd.map(({ step }) => step)).toEqual([1.5, 2, 3, 4, 5, 9223372036854775807n]);
  expect(odd.slice(0, 3).map(({ keys }) => keys)).toEqual([[RAW_KEY], [RAW_KEY], [RAW_KEY]]);
});

test("tables of another make are read by their rows, or passed over, and keep nothing waiting", async () => {
  const { root } = temporaryFolder();
  using texts = new PythonDatabase(root, "texts");
  texts.exec(
    `DROP TABLE metrics;
     CREATE TABLE metrics (id TEXT, run_id TEXT, timestamp TEXT, run_name TEXT, step, metrics);
     INSERT INTO metrics VALUES ('uuid-1', 'r', '', 'r', 1, '{}'), (null, 'r', '', 'r', 2, '{}'), (1.5, null, '', null, 3, '{}')`,
  );
  using view = new PythonDatabase(root, "view");
  view.exec("ALTER TABLE alerts RENAME TO a; CREATE VIEW alerts AS SELECT * FROM a");
  view.log(A, losses(2));
  using rowless = new PythonDatabase(root, "rowless");
  rowless.exec(
    `DROP TABLE traces;
     CREATE TABLE traces (id TEXT PRIMARY KEY, run_id TEXT, timestamp TEXT, run_name TEXT, step, key, messages, metadata) WITHOUT ROWID`,
  );
  rowless.log(A, losses(2));
  using later = new PythonDatabase(root, "later");
  later.log(A, losses(2));
  later.exec("PRAGMA user_version = 7; ALTER TABLE metrics ADD COLUMN more; DROP TABLE configs");
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  for (const project of ["view", "rowless", "later"]) {
    expect(await reader.records(project, A.id), project).toHaveLength(2);
  }
  expect(await reader.records("texts", "r")).toHaveLength(2);
  expect(reader.folder.skipped).toEqual([]);
});

test("a row of 50 MB is read", { timeout: 30_000 }, async () => {
  const { root } = temporaryFolder();
  using demo = new PythonDatabase(root, "demo");
  const time = Date.now();
  demo.log(B, [
    ...losses(2, 0, time),
    { step: 2, time, metrics: { text: "x".repeat(50_000_000) } },
    ...losses(1, 3, time),
  ]);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  const records = await reader.records("demo", B.id);
  expect(records.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
});

test("two databases of one project are read both, each row once", async () => {
  const { root } = temporaryFolder();
  using demo = new PythonDatabase(root, "demo");
  using dotted = new PythonDatabase(root, "de.mo");
  using upper = new PythonDatabase(root, "DEMO");
  demo.log(A, losses(2));
  dotted.log(B, losses(2));
  dotted.log(A, losses(1, 5));
  upper.log(A, losses(1, 9));
  for (let round = 0; round < 2; round++) {
    await using reader = await PythonFolderReader.open(root);
    await reader.read();
    expect(await reader.records("demo", A.id)).toHaveLength(3);
    expect(await reader.records("demo", B.id)).toHaveLength(2);
    expect(await reader.records("DEMO", A.id)).toHaveLength(1);
  }
});

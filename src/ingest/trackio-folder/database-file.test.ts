/** A database of others is read where it lies, without leaving a trace, whatever state it was left in. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { PythonDatabase } from "../testing/python-database.ts";
import { fingerprint, PythonFolderReader } from "../testing/read-python-folder.ts";
import { DatabaseFile } from "./database-file.ts";

const WRITER = fileURLToPath(new URL("../testing/python-writer.ts", import.meta.url));
const RUN = "f".repeat(32);

function startWriter(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ["--no-warnings", WRITER, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function line(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  for await (const text of lines) return text;
  throw new Error("The writer said nothing.");
}

/** A folder whose writer was killed: the rows are in the log, and nobody has it open. */
async function killedFolder(): Promise<string> {
  const { root } = temporaryFolder();
  const child = startWriter("hold", root);
  await line(child);
  child.kill("SIGKILL");
  await once(child, "exit");
  await settled(root);
  return root;
}

/** As if nobody had written for a minute. */
async function settled(root: string): Promise<void> {
  const then = new Date(Date.now() - 60_000);
  for (const name of readdirSync(root)) utimesSync(join(root, name), then, then);
}

async function countRows(root: string, project = "held"): Promise<number> {
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(reader.folder.skipped).toEqual([]);
  return (await reader.records(project, RUN)).length;
}

test("the log of a process that was killed is read, and no byte of it changes", async () => {
  const root = await killedFolder();
  expect(readdirSync(root).sort()).toEqual(["held.db", "held.db-shm", "held.db-wal"]);
  const before = fingerprint(root);
  expect(await countRows(root)).toBe(100);
  expect(fingerprint(root)).toEqual(before);
});

test("a log without its shared memory is read, and none is made", async () => {
  const root = await killedFolder();
  rmSync(join(root, "held.db-shm"));
  const before = fingerprint(root);
  expect(await countRows(root)).toBe(100);
  expect(fingerprint(root)).toEqual(before);
  expect(readdirSync(join(root, "store", "copies"))).toEqual([]);
});

test("a torn end of a log costs the transaction that it belongs to, and no other", async () => {
  const root = await killedFolder();
  truncateSync(join(root, "held.db-wal"), 100_000);
  await settled(root);
  const before = fingerprint(root);
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  expect(reader.folder.skipped).toEqual([]);
  expect(fingerprint(root)).toEqual(before);
});

test("files that may only be read are read", async () => {
  const root = await killedFolder();
  for (const name of readdirSync(root)) chmodSync(join(root, name), 0o444);
  const before = fingerprint(root);
  expect(await countRows(root)).toBe(100);
  expect(fingerprint(root)).toEqual(before);
});

test("a process that has it open is read beside, with its newest rows", async () => {
  const { root } = temporaryFolder();
  const child = startWriter("hold", root);
  await line(child);
  const before = fingerprint(root);
  expect(await countRows(root)).toBe(100);
  expect(fingerprint(root)).toEqual(before);
  expect(child.exitCode).toBeNull();
});

test("no writer waits: its slowest batch beside a reader takes no longer than a moment", async () => {
  const { root } = temporaryFolder();
  const child = startWriter("write", root, "1500");
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  await lines.next();
  let isOver = false;
  const end = lines.next().then((text) => {
    isOver = true;
    return JSON.parse(String(text.value)) as { rows: number; slowestMs: number };
  });
  await using reader = await PythonFolderReader.open(root);
  while (!isOver) {
    await reader.folder.turn(20);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { rows, slowestMs } = await end;
  await reader.read();
  const records = await reader.records("written", RUN);
  expect(records.map(({ step }) => step)).toEqual(Array.from({ length: rows }, (_, step) => step));
  // A writer that has to wait for SQLite's locks waits for 30 s, in steps of 100 ms.
  expect(slowestMs).toBeLessThan(1_000);
  expect(reader.folder.skipped).toEqual([]);
});

test("a rollback journal of a process that was killed is rolled back in a copy", async () => {
  const { root } = temporaryFolder();
  const path = join(root, "demo.db");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; CREATE TABLE t (x)");
  database.exec("INSERT INTO t VALUES ('whole')");
  database.exec("BEGIN");
  const insert = database.prepare("INSERT INTO t VALUES (?)");
  for (let i = 0; i < 100; i++) insert.run("x".repeat(4_000));
  // What a killed process leaves: the file half written, the journal beside it.
  const left = temporaryFolder().root;
  cpSync(root, left, { recursive: true });
  database.exec("ROLLBACK");
  database.close();
  expect(existsSync(join(left, "demo.db-journal"))).toBe(true);
  const copies = join(left, "store", "copies");
  const file = new DatabaseFile(join(left, "demo.db"), copies);
  expect(file.read((view) => view.rows("SELECT count(*) FROM t"))).toEqual({ outcome: "busy" });
  await settled(left);
  const before = fingerprint(left);
  const read = file.read((view) => view.rows("SELECT x FROM t"));
  expect(read).toMatchObject({ outcome: "read", value: [["whole"]] });
  expect(fingerprint(left)).toEqual(before);
  file.close();
  expect(readdirSync(copies)).toEqual([]);
});

test("what is written during a read without locks is found out, and nothing of it is taken", () => {
  const { root } = temporaryFolder();
  using database = new PythonDatabase(root, "demo");
  database.log({ id: "a", name: "a" }, [{ metrics: {} }]);
  database.close();
  const file = new DatabaseFile(database.path, join(root, "copies"));
  const later = Date.now() + 1_000;
  const read = file.read((view) => {
    const before = view.rows("SELECT count(*) FROM metrics");
    const other = new PythonDatabase(root, "demo");
    other.log({ id: "a", name: "a" }, [{ metrics: {} }]);
    other.close();
    return before;
  }, later);
  expect(read).toEqual({ outcome: "busy" });
  const again = file.read((view) => view.rows("SELECT count(*) FROM metrics"), later);
  expect(again).toMatchObject({ outcome: "read", value: [[2]] });
});

test("a damaged database, one that is none, and one that is gone are told apart", async () => {
  const { root } = temporaryFolder();
  const database = new PythonDatabase(root, "damaged");
  database.log(
    { id: "a", name: "a" },
    Array.from({ length: 500 }, (_, step) => ({ step, metrics: { loss: step } })),
  );
  database.close();
  const fd = openSync(database.path, "r+");
  for (let page = 1; page < 20; page++) writeSync(fd, "no page", page * 4096);
  closeSync(fd);
  writeFileSync(join(root, "notes.db"), "x".repeat(5_000));
  writeFileSync(join(root, "empty.db"), "");
  await settled(root);
  const outcomeOf = (name: string) =>
    new DatabaseFile(join(root, name), join(root, "copies")).read((view) =>
      view.rows("SELECT * FROM metrics"),
    );
  expect(outcomeOf("damaged.db")).toMatchObject({ outcome: "unreadable" });
  expect(outcomeOf("notes.db")).toMatchObject({ outcome: "unreadable" });
  expect(outcomeOf("gone.db")).toEqual({ outcome: "missing" });
  await using reader = await PythonFolderReader.open(root);
  await reader.read();
  const skipped = reader.folder.skipped.map(({ source }) => source);
  expect(skipped).toEqual(["damaged.db", "notes.db"]);
});

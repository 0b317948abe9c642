import { spawnSync } from "node:child_process";
import { chmod, copyFile, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TrackioError } from "../../protocol/errors.ts";
import type { RunId } from "../../protocol/ids.ts";
import { JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import { imageOf } from "../testing/media.ts";
import { allRows, compactAll, readOne } from "../testing/reading.ts";
import { Database } from "./database.ts";
import { migrate } from "./migrations.ts";
import { SqliteStore } from "./sqlite-store.ts";

let folder: string;
let path: string;
/** What brings a store back to the version before: 5 to 4, 4 to 3, 3 to 2, 2 to 1. */
const STEPS_BACK: readonly string[] = [
  "ALTER TABLE traces DROP COLUMN exact_step; PRAGMA user_version = 4",
  `DROP TABLE id_packs; DROP TABLE id_pages; DROP TABLE text_ids; DROP TABLE alerts; DROP TABLE traces;
   DROP INDEX runs_by_id; DROP INDEX runs_by_number; DROP INDEX runs_by_name;
   ALTER TABLE runs DROP COLUMN lane; ALTER TABLE runs DROP COLUMN last_exact;
   CREATE UNIQUE INDEX runs_by_id ON runs (project, run_id);
   CREATE INDEX runs_by_number ON runs (project, number);
   CREATE INDEX runs_by_name ON runs (project, name, number);
   PRAGMA user_version = 3`,
  `DROP TABLE media; DROP TABLE media_steps; DROP TABLE media_items; DROP TABLE table_parts;
   DROP TABLE blob_references; DROP TABLE files; DROP TABLE deleted_runs; PRAGMA user_version = 2`,
  "DROP TABLE long_values; PRAGMA user_version = 1",
];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trackio-database-"));
  path = join(folder, "deep", "store.db");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a store of a newer version is refused by its version, and left alone", async () => {
  await (await SqliteStore.open(path)).close();
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 99");
  database.close();
  await expect(SqliteStore.open(path)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/has format 99.*update trackio/),
  });
});

test.each([1, 2, 3, 4])(
  "a store of version %d is brought up to date with all it holds, and never set back",
  async (version) => {
    const first = { step: 2n ** 60n + 1n, values: { loss: 1 } };
    {
      await using store = await SqliteStore.open(path);
      await store.fold(new JournalLike().batch([first]));
    }
    const database = new DatabaseSync(path);
    for (const step of STEPS_BACK.slice(0, 5 - version)) database.exec(step);
    await using store = await SqliteStore.open(path);
    const lastStep = first.step;
    expect(await store.laneSize(PROJECT, RUN)).toEqual({ recordCount: 1, lastStep });
    const more = [
      { step: 1, values: { text: "long ".repeat(2000) }, id: "a" },
      { step: 2, values: { image: imageOf("a") }, id: "b" },
    ];
    await store.fold(new JournalLike({}, "w1").batch(more));
    await store.fold(new JournalLike({}, "w2").batch(more));
    await store.fold(new JournalLike({}, "w3", "system").batch(more));
    const logged = [...more, first].map(({ values }) => values);
    expect((await allRows(store)).map(({ values }) => values)).toEqual(logged);
    expect(await store.listMedia(PROJECT, [RUN])).toMatchObject([{ key: "image", itemCount: 1 }]);
    expect(await store.laneSize(PROJECT, RUN, "system")).toMatchObject({ recordCount: 2 });
    database.exec("PRAGMA user_version = 99");
    migrate(database);
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 99 });
    database.close();
  },
);

test("of an older version only a step that is the highest is taken for it, to the last digit", async () => {
  const lists = [
    [-(2n ** 60n) - 1n, 2n ** 60n + 1n, 2n ** 60n],
    [2n ** 60n + 1n, 1e300],
    [-(2n ** 60n) - 1n, 2n ** 53n + 2n],
  ];
  const ids = lists.map((_, number) => `run-${number}` as RunId);
  {
    await using store = await SqliteStore.open(path);
    for (const [number, steps] of lists.entries()) {
      const journal = new JournalLike({ id: ids[number]!, number });
      const records = steps.map((step, i) => ({ step, values: { [`k${i}`]: 1 } }));
      await store.fold(journal.batch(records));
    }
  }
  const database = new DatabaseSync(path);
  // Version 3 had no exact step of a run.
  for (const step of STEPS_BACK.slice(0, 2)) database.exec(step);
  database.close();
  await using store = await SqliteStore.open(path);
  const sizes = await Promise.all(ids.map((id) => store.laneSize(PROJECT, id)));
  expect(sizes.map((size) => size?.lastStep)).toEqual([
    2n ** 60n + 1n,
    BigInt(1e300),
    2n ** 53n + 2n,
  ]);
});

test("a file that is no store is refused, and left alone", async () => {
  const text = join(folder, "store.db");
  await writeFile(text, "my notes, not to be lost. ".repeat(100));
  await expect(SqliteStore.open(text)).rejects.toMatchObject({ code: "damaged" });
  expect((await stat(text)).size).toBe(2600);
});

test("opened to be read only, a missing store is not made", async () => {
  const missing = SqliteStore.open(path, { readOnly: true });
  await expect(missing).rejects.toMatchObject({ code: "not_found" });
  await expect(stat(path)).rejects.toThrow();
});

test("a reader sees what was folded, also while it is open, and may not fold", async () => {
  await using writer = await SqliteStore.open(path);
  await using reader = await SqliteStore.open(path, { readOnly: true });
  const journal = new JournalLike();
  await writer.fold(journal.batch([{ step: 0, values: { loss: 1 } }]));
  expect(await allRows(reader)).toHaveLength(1);
  const more = journal.batch([{ step: 1, values: { loss: 1 } }]);
  await expect(reader.fold(more)).rejects.toMatchObject({ code: "unavailable" });
});

test("opened to be read only, an empty file and an older format are told, not stumbled over", async () => {
  const empty = join(folder, "empty.db");
  await writeFile(empty, "");
  const opened = SqliteStore.open(empty, { readOnly: true });
  await expect(opened).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining("empty.db is empty"),
  });
  await (await SqliteStore.open(path)).close();
  const database = new DatabaseSync(path);
  database.exec("PRAGMA user_version = 1");
  database.close();
  const older = SqliteStore.open(path, { readOnly: true });
  await expect(older).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("older format 1"),
  });
});

test("a store that this user may only read is read", async () => {
  {
    await using store = await SqliteStore.open(path);
    await store.fold(new JournalLike().batch([{ step: 0, values: { loss: 1 } }]));
  }
  await chmod(path, 0o444);
  await chmod(dirname(path), 0o555);
  await chmod(folder, 0o755);
  const script = `
    const { SqliteStore } = await import(${JSON.stringify(import.meta.resolve("./sqlite-store.ts"))});
    if (process.getuid() === 0) process.setuid(65534);
    const store = await SqliteStore.open(${JSON.stringify(path)}, { readOnly: true });
    const [project] = await store.listProjects();
    console.log("runs:", project.runCount);
    await store.close();`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
  await chmod(dirname(path), 0o755);
  expect(child.stderr.toString()).toBe("");
  expect(child.stdout.toString()).toBe("runs: 1\n");
});

test("a place where no folder can be made is told in a sentence", async () => {
  await writeFile(join(folder, "file"), "");
  const below = SqliteStore.open(join(folder, "file", "store.db"));
  await expect(below).rejects.toMatchObject({ code: "unavailable" });
});

test("a run is deleted also where its space cannot be given back yet", async () => {
  class FullDatabase extends Database {
    override checkpoint(): void {
      throw new TrackioError("storage_full", "The disk is full.");
    }
  }
  await using store = new SqliteStore(new FullDatabase(path));
  await store.fold(new JournalLike().batch([{ step: 0, values: { loss: 1 } }]));
  expect(await store.deleteRun(PROJECT, RUN)).toBe(true);
  expect(await store.listRuns(PROJECT)).toEqual([]);
});

test("two folders of one store fold each record once", async () => {
  await using a = await SqliteStore.open(path);
  await using b = await SqliteStore.open(path);
  const journal = new JournalLike();
  const batches = Array.from({ length: 40 }, (_, i) =>
    journal.batch([{ step: i, values: { loss: i } }]),
  );
  for (const batch of batches) {
    const outcomes = [await a.fold(batch), await b.fold(batch)].map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["folded", "moved"]);
  }
  expect((await allRows(b)).map((row) => row.values.loss)).toEqual(batches.map((_, i) => i));
});

test("deleting gives the space back, and leaves the other run whole", async () => {
  await using store = await SqliteStore.open(path);
  const values = Float64Array.from({ length: 40_000 }, () => Math.random());
  await store.fold(new JournalLike().columns({ loss: values, acc: values }));
  const other = new JournalLike({ id: "other" as RunId, number: 1 });
  await store.fold(other.columns({ loss: values.subarray(0, 5000) }));
  await compactAll(store);
  const before = (await stat(path)).size;
  await store.deleteRun(PROJECT, RUN);
  const after = (await stat(path)).size;
  expect(before).toBeGreaterThan(600_000);
  expect(after).toBeLessThan(before / 3);
  expect(await allRows(store, "other" as RunId)).toHaveLength(5000);
});

test("a run that has ended is packed by compaction into fewer bytes than 5 a point", async () => {
  const journal = new JournalLike();
  const names = Array.from({ length: 10 }, (_, i) => `m${i}`);
  const count = 20_000;
  const columns = Object.fromEntries(
    names.map((name) => [
      name,
      Float64Array.from({ length: count }, (_, i) => Math.fround(Math.exp(-i / 5000) + (i % 3))),
    ]),
  );
  {
    await using store = await SqliteStore.open(path);
    for (let at = 0; at < count; at += 777) {
      const part = names.map((name) => [name, columns[name]!.slice(at, at + 777)]);
      await store.fold(journal.columns(Object.fromEntries(part)));
    }
    await store.fold(journal.batch([], { end: { state: "finished" } }));
    await compactAll(store);
    expect(await store.compact(1000)).toBe(false);
  }
  expect((await stat(path)).size / (count * names.length)).toBeLessThan(5);
  await expect(stat(`${path}-wal`)).rejects.toThrow();
});

/** A store with data in each table that holds blobs, and its file. */
async function storeOfAllKinds(): Promise<void> {
  await using store = await SqliteStore.open(path);
  const journal = new JournalLike();
  const loss = Float64Array.from({ length: 40_000 }, (_, i) => Math.sin(i));
  await store.fold(journal.columns({ loss }));
  const texts = ["text", "long ".repeat(2000)];
  await store.fold(journal.batch(texts.map((text, step) => ({ step, values: { text } }))));
}

const NO_COLUMN = new TextEncoder().encode("\0\x08{}");
const DAMAGES: { readonly [how: string]: (data: Uint8Array) => Uint8Array } = {
  "no bytes": () => new Uint8Array(0),
  "half of the bytes": (data) => data.slice(0, data.length / 2),
  "an unknown form": (data) => data.slice().fill(77),
  "a text that is no array": () => NO_COLUMN,
};

for (const table of ["columns", "rollups", "tails", "long_values"]) {
  test(`damage in ${table} is told with its place, and as nothing else`, async () => {
    await storeOfAllKinds();
    for (const damage of Object.values(DAMAGES)) {
      const broken = join(folder, "broken.db");
      await copyFile(path, broken);
      const database = new DatabaseSync(broken);
      const rows = database.prepare(`SELECT rowid AS id, data FROM ${table}`);
      rows.setReadBigInts(true);
      const update = database.prepare(`UPDATE ${table} SET data = ? WHERE rowid = ?`);
      for (const { id, data } of rows.all()) update.run(damage(data as Uint8Array), id as bigint);
      database.close();
      await using store = await SqliteStore.open(broken);
      const read = async () => {
        await readOne(store, { buckets: 100 });
        await allRows(store);
      };
      await expect(read()).rejects.toMatchObject({
        code: "damaged",
        message: expect.stringMatching(
          /broken\.db is damaged: .*(segment|row) \d+.*: .*\. Copy the/,
        ),
      });
    }
  });
}

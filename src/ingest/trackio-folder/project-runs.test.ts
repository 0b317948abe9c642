import { readdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { deleteRun } from "../delete-run.ts";
import { PythonDatabase } from "../testing/python-database.ts";
import { PythonFolderReader } from "../testing/read-python-folder.ts";

const A = { id: "a".repeat(32), name: "run a" };
const B = { id: "b".repeat(32), name: "run b" };
const DEMO = "demo" as ProjectKey;

test("a run keeps its number, and stays deleted, though the store is lost; a deleted one takes no number", async () => {
  const folder = temporaryFolder();
  using database = new PythonDatabase(folder.root, "demo");
  const C = { id: "c".repeat(32), name: "run c" };
  for (const [i, run] of [A, B, C].entries()) {
    database.log(run, [{ time: Date.UTC(2026, 0, 1 + i), metrics: { loss: 1 } }]);
  }
  const numbers = async (reader: PythonFolderReader) =>
    (await reader.store.listRuns(DEMO)).map(({ name, number }) => [name, number]).toSorted();
  {
    await using reader = await PythonFolderReader.open(folder.root);
    await reader.read();
    await deleteRun(folder, reader.store, DEMO, A.id as RunId, { force: true });
  }
  for (const isLost of [false, false, true]) {
    for (const ending of isLost ? ["", "-wal", "-shm"] : []) {
      rmSync(folder.databaseFile + ending, { force: true });
    }
    await using reader = await PythonFolderReader.open(folder.root);
    await reader.read();
    expect(await numbers(reader)).toEqual([
      ["run b", 1],
      ["run c", 2],
    ]);
  }
  expect(readdirSync(folder.numbersFolder(DEMO)).toSorted()).toEqual(["0", "1", "2"]);
});

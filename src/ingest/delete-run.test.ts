import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findHead, markDeleted } from "../journal/run-head.ts";
import type { RunId } from "../protocol/ids.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { deleteProject } from "./delete-project.ts";
import { deleteRun } from "./delete-run.ts";
import { finishDeletions } from "./finish-deletions.ts";
import { Folder } from "./folder.ts";
import { TestFolder } from "./testing/journals.ts";

let data: TestFolder;
let store: MemoryStore;

beforeEach(() => {
  data = new TestFolder();
  store = new MemoryStore();
});

afterEach(() => {
  data[Symbol.dispose]();
});

/** A run of three records whose process is gone. */
function lostRun(name: string) {
  const run = data.run("vision", { name });
  const journal = data.journal(run);
  for (let step = 0; step < 3; step++) journal.log(step, { loss: step });
  const text = readFileSync(journal.path, "utf8").replace(/"pid":\d+/, '"pid":999999999');
  writeFileSync(journal.path, text);
  return { run, journal };
}

describe("deleting really deletes, and says so", () => {
  test("a run: store and disk, and its id does not come back", async () => {
    const { run, journal } = lostRun("a");
    const kept = lostRun("b");
    await new Folder(data, store).foldAll();
    const journalBytes = statSync(journal.path).size;
    const deletion = await deleteRun(data, store, run.projectKey, run.id);
    expect(deletion).toMatchObject({ runCount: 1, recordCount: 3, journalBytes });
    expect(existsSync(data.runFolder(run.projectKey, run.id))).toBe(false);
    expect((await store.listRuns(run.projectKey)).map(({ id }) => id)).toEqual([kept.run.id]);
    expect(() => data.run("vision", { id: run.id })).toThrow(/deleted/);
  });

  test("a run that was never folded", async () => {
    const { run } = lostRun("a");
    const deletion = await deleteRun(data, store, run.projectKey, run.id);
    expect(deletion).toMatchObject({ runCount: 1, recordCount: 0 });
    await new Folder(data, store).foldAll();
    expect(await store.listRuns(run.projectKey)).toEqual([]);
  });

  test("a project with all of its runs", async () => {
    const runs = [lostRun("a"), lostRun("b")];
    await new Folder(data, store).foldAll();
    const { projectKey } = runs[0]!.run;
    const deletion = await deleteProject(data, store, projectKey);
    expect(deletion).toMatchObject({ runCount: 2, recordCount: 6 });
    expect(await store.listProjects()).toEqual([]);
    expect(existsSync(data.projectFile(projectKey))).toBe(false);
  });
});

describe("a deletion that is stopped", () => {
  /** Deletes by `action`, which is stopped as soon as the store has done its part. */
  async function stopAfterStore(action: () => Promise<unknown>): Promise<void> {
    const { deleteRun: ofRun, deleteProject: ofProject } = store;
    const stopped = new Error("stopped");
    store.deleteRun = async (...args) => {
      await ofRun.apply(store, args);
      throw stopped;
    };
    store.deleteProject = async (...args) => {
      await ofProject.apply(store, args);
      throw stopped;
    };
    await expect(action()).rejects.toBe(stopped);
    Object.assign(store, { deleteRun: ofRun, deleteProject: ofProject });
  }

  test("is finished by the next folder, which tells it once", async () => {
    const { run } = lostRun("a");
    const kept = lostRun("b");
    await new Folder(data, store).foldAll();
    await stopAfterStore(() => deleteRun(data, store, run.projectKey, run.id));
    const report = await new Folder(data, store).foldAll();
    expect(report.skipped).toMatchObject([{ code: "deleted" }]);
    expect(existsSync(data.runFolder(run.projectKey, run.id))).toBe(false);
    expect((await new Folder(data, store).foldAll()).skipped).toEqual([]);
    expect((await store.listRuns(run.projectKey)).map(({ id }) => id)).toEqual([kept.run.id]);
  });

  test("leaves no run that a script goes on with, though its head is still there", async () => {
    const { run } = lostRun("a");
    const { id, projectKey, name } = run;
    await new Folder(data, store).foldAll();
    await stopAfterStore(() => deleteProject(data, store, projectKey));
    expect(existsSync(data.headFile(projectKey, id))).toBe(true);
    expect(findHead(data, projectKey, { name })).toBeUndefined();
    expect(findHead(data, projectKey, { id })).toBeUndefined();
    await finishDeletions(data, store);
    expect(existsSync(data.runFolder(projectKey, id))).toBe(false);
  });

  test("is finished by gc also where it had not come to the store, and costs no other run", async () => {
    const { run } = lostRun("a");
    const kept = lostRun("b");
    await new Folder(data, store).foldAll();
    markDeleted(data, run.projectKey, run.id);
    await finishDeletions(data, store);
    expect((await store.listRuns(run.projectKey)).map(({ id }) => id)).toEqual([kept.run.id]);
    expect(existsSync(kept.journal.path)).toBe(true);
    expect(existsSync(data.runFolder(run.projectKey, run.id))).toBe(false);
  });
});

describe("a running run is deleted only by force", () => {
  test("else it is a conflict that names the run and the remedy", async () => {
    const run = data.run("vision", { name: "busy" });
    data.journal(run).log(0, { loss: 1 });
    await new Folder(data, store).foldAll();
    for (const refused of [
      deleteRun(data, store, run.projectKey, run.id),
      deleteProject(data, store, run.projectKey),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: "conflict" });
      await expect(refused).rejects.toThrow(/'busy'.*is running.*--force/);
    }
    expect((await store.listRuns(run.projectKey)).length).toBe(1);
  });

  test("by force it goes, and what it still logs is skipped", async () => {
    const run = data.run("vision");
    const journal = data.journal(run);
    journal.log(0, { loss: 1 });
    const folder = new Folder(data, store);
    await folder.foldAll();
    await deleteRun(data, store, run.projectKey, run.id, { force: true });
    journal.log(1, { loss: 1 });
    expect(await folder.foldOnce()).toEqual({ bytes: 0, more: false });
    expect(await store.listRuns(run.projectKey)).toEqual([]);
  });
});

test("what is not there is not_found", async () => {
  const run = data.run("vision");
  const missing = deleteRun(data, store, run.projectKey, "nope" as RunId);
  await expect(missing).rejects.toMatchObject({ code: "not_found" });
  await deleteProject(data, store, run.projectKey);
  await expect(deleteProject(data, store, run.projectKey)).rejects.toMatchObject({
    code: "not_found",
  });
});

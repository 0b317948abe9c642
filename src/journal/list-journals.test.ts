import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseProjectKey, type RunId } from "../protocol/ids.ts";
import { JournalWriter } from "./journal-writer.ts";
import { listJournals, listJournalsOf, removeJournal } from "./list-journals.ts";
import { beginRun, PROJECT } from "./testing/begin-journal.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

test("every journal is found with its project and run, whatever they are called", () => {
  const folder = temporaryFolder();
  const names = ["mnist", "MNIST", "Ünïcode", "x".repeat(300), "con"];
  const ids = ["plain", "A b/../c", "y".repeat(128), "ÿ".repeat(100)];
  const expected = [];
  for (const project of names) {
    for (const id of ids as RunId[]) {
      const projectKey = parseProjectKey(project);
      const { run } = beginRun(folder, { name: id, id, project, projectKey });
      const journal = JournalWriter.create(folder, { run, time: 1 });
      journal.close();
      const { path, sizeBytes } = journal;
      expected.push({ key: projectKey, id, path, sizeBytes });
    }
  }
  const found = [...listJournals(folder)];
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  expect(
    found.map(({ key, id, path, sizeBytes }) => ({ key, id, path, sizeBytes })).sort(byPath),
  ).toEqual(expected.sort(byPath));
  for (const { source, path } of found) expect(folder.pathOf(source)).toBe(path);
});

test("the journals of a run stand in the order in which they were begun; others files are none", () => {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, { name: "a" });
  const times = [1, 50, 2_000, 1_763_856_000_000];
  const paths = times.map((time) => {
    const journal = JournalWriter.create(folder, { run, time });
    journal.close();
    return journal.path;
  });
  writeFileSync(`${folder.runFolder(PROJECT, run.id)}/notes.txt`, "");
  mkdirSync(`${folder.projectsPath}/half made`);
  expect(listJournalsOf(folder, PROJECT, run.id).map((journal) => journal.path)).toEqual(paths);
  const [oldest] = paths as [string];
  expect(removeJournal(oldest, 7)).toBe(false);
  expect(existsSync(oldest)).toBe(true);
  expect(removeJournal(oldest, statSync(oldest).size)).toBe(true);
  expect(removeJournal(oldest, 7)).toBe(true);
  expect([...listJournals(folder)].map((journal) => journal.path)).toEqual(paths.slice(1));
});

test("a folder without anything has no journals", () => {
  expect([...listJournals(temporaryFolder())]).toEqual([]);
});

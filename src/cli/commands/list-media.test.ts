import { expect, test } from "vitest";
import { DataFolder } from "../../journal/data-folder.ts";
import { JournalWriter } from "../../journal/journal-writer.ts";
import { createRun } from "../../journal/run-head.ts";
import { createRunId, parseProjectKey } from "../../protocol/ids.ts";
import type { SavedFile } from "../../protocol/media.ts";
import { encodeValue, type Value } from "../../protocol/values.ts";
import { blobNamed, imageOf, tableOf } from "../../store/testing/media.ts";
import { LoggedFolder } from "../testing/logged-folder.ts";

/** A run that has ended, with these values at steps 0, 1, 2, … and these files. */
function logRun(
  dir: string,
  name: string,
  values: readonly { readonly [key: string]: Value }[],
  files: readonly SavedFile[] = [],
): void {
  const folder = new DataFolder(dir);
  const project = { projectKey: parseProjectKey("mnist"), project: "mnist" };
  const { run } = createRun(folder, { id: createRunId(), ...project, name, config: {} }, 1000);
  const journal = JournalWriter.create(folder, { run, time: 1000 });
  for (const [step, row] of values.entries()) {
    const encoded = Object.values(row).map((value) => encodeValue(value));
    journal.append(journal.keySet(Object.keys(row)), [0, step, 1000, ...encoded]);
  }
  for (const file of files) journal.appendEvent({ time: 2000, file });
  journal.appendEvent({ time: 3000, end: { state: "finished" } });
  journal.close();
}

test("list media: what each run has, oldest run first", async () => {
  using folder = new LoggedFolder();
  const table = tableOf("t", [["part", 2]]);
  logRun(folder.dir, "first", [{ image: [imageOf("a"), imageOf("b")] }, { image: imageOf("c") }]);
  logRun(folder.dir, "second", [{ loss: 1 }, { text: table }]);
  const document = await folder.json<object>(["list", "media"]);
  expect(document).toMatchObject({
    project: "mnist",
    media: ["image", "text"],
    records: [
      { run: "first", key: "image", kind: "image", num_items: 3, num_steps: 2, last_step: 1 },
      { run: "second", key: "text", kind: "table", num_items: 1, num_steps: 1, first_step: 1 },
    ],
  });
  const { printed } = await folder.trackio(["list", "media", "--run", "first"]);
  expect(printed).toMatch(
    /^Run +Key +Kind +Items +Steps +First +Last\nfirst +image +image +3 +2 +0 +1\n$/,
  );
});

test("list media says so where there are none", async () => {
  using folder = new LoggedFolder();
  logRun(folder.dir, "first", [{ loss: 1 }]);
  const { exitCode, notes } = await folder.trackio(["list", "media"]);
  expect(exitCode).toBe(0);
  expect(notes).toBe("Project 'mnist' has logged no images, videos, audio or tables.\n");
});

test("list files: what the project keeps, by path", async () => {
  using folder = new LoggedFolder();
  const file = { path: "notes.txt", blob: blobNamed("a"), type: "text/plain", bytes: 1234 };
  logRun(folder.dir, "first", [], [file, { ...file, path: "deep/odd\u202ename.txt" }]);
  const document = await folder.json<{ records: object[] }>(["list", "files"]);
  expect(document).toMatchObject({
    project: "mnist",
    files: ["deep/odd\u202ename.txt", "notes.txt"],
  });
  expect(document.records[1]).toEqual({ ...file, saved_at: "1970-01-01T00:00:02.000Z" });
  const { printed } = await folder.trackio(["list", "files"]);
  expect(printed).toMatch(
    /^File +Type +Size +Saved\ndeep\/odd\\u202ename.txt +text\/plain +1.2 kB +1970/,
  );
});

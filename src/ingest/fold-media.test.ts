import { expect, test } from "vitest";
import type { SavedFile } from "../protocol/media.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { blobNamed, imageOf } from "../store/testing/media.ts";
import type { FoldChange } from "./fold-report.ts";
import { Folder } from "./folder.ts";
import { TestFolder } from "./testing/journals.ts";

const FILE: SavedFile = {
  path: "notes/a b.txt",
  blob: blobNamed("a"),
  type: "text/plain",
  bytes: 3,
};

test("changes name new media and new files", async () => {
  using data = new TestFolder();
  const store = new MemoryStore();
  const run = data.run("vision");
  const journal = data.journal(run);
  const changes: FoldChange[] = [];
  const folder = new Folder(data, store, { onChange: (change) => changes.push(change) });
  journal.log(5, { image: imageOf("a") });
  await folder.foldAll();
  journal.writer.appendEvent({ time: 1, file: FILE });
  await folder.foldAll();
  journal.log(6, { loss: 1 });
  await folder.foldAll();
  expect(changes).toMatchObject([
    { from: { step: 5 }, newKeys: true, media: true, facts: true },
    { newKeys: false, media: true, facts: false },
    { newKeys: true, facts: false },
  ]);
  expect(changes[2]).not.toHaveProperty("media");
  expect(await store.listFiles(run.projectKey)).toEqual([{ ...FILE, time: 1 }]);
});

test("a file whose path leads out, or whose blob is none, is a damaged line and costs no other", async () => {
  using data = new TestFolder();
  const store = new MemoryStore();
  const run = data.run("vision");
  const journal = data.journal(run);
  const out = ["/etc/passwd", "../../x", "a/../../x", "./a", "C:\\x", "c:x", "a\\..\\x"];
  const odd = ["", "a//b", "a/", "a\u0000b", "x".repeat(5000), 7, null];
  const hostile: readonly unknown[] = [
    ...[...out, ...odd].map((path) => ({ ...FILE, path })),
    ...["../../x", FILE.blob.toUpperCase(), null].map((blob) => ({ ...FILE, blob })),
    ...[{ ...FILE, type: 1 }, { ...FILE, bytes: -1 }, "text", null, []],
  ];
  for (const file of hostile) journal.writer.appendEvent({ time: 2, file: file as SavedFile });
  journal.writer.appendEvent({ time: 3, file: { ...FILE, hidden: true } as SavedFile });
  journal.log(0, { loss: 1 });
  await new Folder(data, store).foldAll();
  expect(await store.listFiles(run.projectKey)).toEqual([{ ...FILE, time: 3 }]);
  const info = await store.findRun(run.projectKey, run.id);
  expect(info).toMatchObject({ recordCount: 1, damagedLines: hostile.length });
});

test("a picture, video or table whose fields are not whole costs its own line and no other", async () => {
  using data = new TestFolder();
  const store = new MemoryStore();
  const run = data.run("vision");
  const { writer } = data.journal(run);
  const { fields } = imageOf("a");
  const values = [
    { $: "image", v: { ...fields, blob: "../../x" } },
    { $: "image", v: null },
    [{ $: "video", v: { ...fields, fps: 0 } }],
    { deep: { $: "table", v: { table: "t", columns: [], before: -1, parts: [] } } },
    { $: "image", v: { ...fields } },
  ];
  const set = writer.keySet(["image"]);
  for (const [step, value] of values.entries()) writer.append(set, [0, step, Date.now(), value]);
  await new Folder(data, store).foldAll();
  const info = await store.findRun(run.projectKey, run.id);
  expect(info).toMatchObject({ recordCount: 1, damagedLines: 4 });
  expect(await store.listMedia(run.projectKey, [run.id])).toMatchObject([{ itemCount: 1 }]);
});

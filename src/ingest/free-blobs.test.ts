import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BlobFolder } from "../media/blob-folder.ts";
import { keepBytes } from "../media/keep-blob.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { RunIdentity } from "../protocol/run.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { imageOf } from "../store/testing/media.ts";
import { deleteProject } from "./delete-project.ts";
import { deleteRun } from "./delete-run.ts";
import { Folder } from "./folder.ts";
import { collectUnusedBlobs } from "./free-blobs.ts";
import { TestFolder } from "./testing/journals.ts";

const HOUR_MS = 3_600_000;

let data: TestFolder;
let store: MemoryStore;
let blobs: BlobFolder;

beforeEach(() => {
  data = new TestFolder();
  store = new MemoryStore();
  blobs = new BlobFolder(data);
});

afterEach(() => {
  data[Symbol.dispose]();
});

/** Keeps a picture whose bytes are its name; 10 bytes where the name is one letter. */
function keep(name: string): BlobHash {
  return keepBytes(blobs, Buffer.from(name)).hash;
}

/** A run that logged these pictures and has ended. */
function logged(...names: readonly string[]): RunIdentity {
  const run = data.run("vision");
  const journal = data.journal(run);
  for (const [step, name] of names.entries()) {
    keep(name);
    journal.log(step, { image: imageOf(name) });
  }
  journal.end();
  return run;
}

const isThere = (name: string) => blobs.find(keepNamed(name)).state !== "missing";
const keepNamed = (name: string) => imageOf(name).fields.blob;

describe("deleting a run frees what nothing else refers to", () => {
  test("pictures of other runs and files of the project stay, and what went is told", async () => {
    const run = logged("own", "shared", "file");
    logged("shared");
    const journal = data.journal(data.run("vision"));
    const file = { path: "a.txt", blob: keepNamed("file"), type: "text/plain", bytes: 4 };
    journal.writer.appendEvent({ time: 1, file });
    await new Folder(data, store).foldAll();
    const deletion = await deleteRun(data, store, run.projectKey, run.id);
    expect(deletion).toMatchObject({ blobCount: 1, blobBytes: 3 });
    expect(["own", "shared", "file"].map(isThere)).toEqual([false, true, true]);
  });

  test("a run that was never folded, and one whose picture another one's journal names, not folded yet", async () => {
    const run = logged("own", "shared");
    logged("shared");
    const deletion = await deleteRun(data, store, run.projectKey, run.id);
    expect(deletion).toMatchObject({ blobCount: 1, blobBytes: 3 });
    expect(["own", "shared"].map(isThere)).toEqual([false, true]);
  });

  test("a picture that is still to be made, in whatever form it waits", async () => {
    const run = logged("a", "b");
    await new Folder(data, store).foldAll();
    writeFileSync(blobs.pendingFile(keepNamed("a"), "path"), "{}");
    writeFileSync(blobs.pendingFile(keepNamed("b"), "raw"), "{}");
    const deletion = await deleteRun(data, store, run.projectKey, run.id);
    expect(deletion).toMatchObject({ blobCount: 2, blobBytes: 1 + 2 + 1 + 2 });
    expect(["a", "b"].map(isThere)).toEqual([false, false]);
  });

  test("a project takes its files along", async () => {
    const run = logged("own");
    const { writer } = data.journal(run);
    const file = { path: "a.txt", blob: keep("file"), type: "text/plain", bytes: 4 };
    writer.appendEvent({ time: 1, file });
    await new Folder(data, store).foldAll();
    const deletion = await deleteProject(data, store, run.projectKey, { force: true });
    expect(deletion).toMatchObject({ blobCount: 2, blobBytes: 7 });
    expect(["own", "file"].map(isThere)).toEqual([false, false]);
  });
});

describe("collecting what nothing names", () => {
  const old = { now: Date.now() + 2 * HOUR_MS };

  test("leaves what is younger than an hour, or named in the store or an unfolded journal", async () => {
    logged("folded");
    await new Folder(data, store).foldAll();
    logged("unfolded");
    keep("lost");
    expect(await collectUnusedBlobs(data, store)).toMatchObject({ count: 0, bytes: 0 });
    const would = await collectUnusedBlobs(data, store, { ...old, dryRun: true });
    expect(would).toMatchObject({ count: 1, bytes: 4 });
    expect(isThere("lost")).toBe(true);
    expect(await collectUnusedBlobs(data, store, old)).toEqual(would);
    expect(["folded", "unfolded", "lost"].map(isThere)).toEqual([true, true, false]);
    expect(await collectUnusedBlobs(data, store, old)).toMatchObject({ count: 0, bytes: 0 });
  });

  test("takes what was left while it was being written, and why a picture failed", async () => {
    keep("seen");
    const left = join(blobs.temporaryPath, "4711-left");
    writeFileSync(left, "half a pict");
    utimesSync(left, 1, 1);
    const freed = await collectUnusedBlobs(data, store, old);
    expect(freed).toMatchObject({ count: 1, bytes: 11 + 4 });
    expect(existsSync(left)).toBe(false);
  });
});

test("a picture that a script logs while its only other run is deleted is there afterwards", async () => {
  const rounds = 60;
  const names = Array.from({ length: rounds }, (_, i) => `picture ${i}`);
  const runs = names.map((name) => logged(name));
  await new Folder(data, store).foldAll();
  const user = data.run("vision", { name: "user" });
  const script = join(import.meta.dirname, "testing", "log-same-picture.ts");
  const child = spawn(process.execPath, [script, data.root, user.projectKey, user.id], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = (name: string, delayMs: number) =>
    child.stdin.write(`${JSON.stringify({ name, delayMs })}\n`);
  say("warm", 0);
  await lines.next();
  let freedCount = 0;
  for (const [i, run] of runs.entries()) {
    say(names[i]!, (i % 20) / 10);
    const deletion = await deleteRun(data, store, run.projectKey, run.id);
    freedCount += deletion.blobCount;
    expect((await lines.next()).value).toBe(names[i]);
  }
  const ended = once(child, "exit");
  child.stdin.end();
  await ended;
  for (const name of names) {
    const found = blobs.find(keepNamed(name));
    expect(found.state, `${name} of ${freedCount} freed`).toBe("given");
    expect(readFileSync((found as { path: string }).path, "utf8")).toBe(name);
  }
}, 60_000);

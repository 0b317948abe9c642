/**
 * Laws 1, 3 and 4 for pictures, through all rooms, with real processes and
 * SIGKILL: scripts that log them, folders and makers are killed at random
 * moments, and started again.
 */

import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { decode } from "fast-png";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Folder } from "../../src/ingest/folder.ts";
import { collectUnusedBlobs } from "../../src/ingest/free-blobs.ts";
import { openStoreForFolding } from "../../src/ingest/open-store.ts";
import { BlobFolder } from "../../src/media/blob-folder.ts";
import { BlobMaker } from "../../src/media/blob-maker.ts";
import { runOnSmallDisk } from "../../src/media/testing/small-disk.ts";
import { parseProjectKey, type RunId } from "../../src/protocol/ids.ts";
import type { BlobHash, ImageFields } from "../../src/protocol/media.ts";
import type { Store } from "../../src/store/store.ts";
import { kill, runUntil, start } from "./killed-process.ts";
import { pixelsOf } from "./pictures.ts";

const KILLS = 20;
const HOUR_MS = 3_600_000;
const project = parseProjectKey("crash");
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "trackio-media-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Logs pictures until killed; the number of calls that returned. */
async function logAndDie(name: string): Promise<number> {
  const { child, printed } = start(dir, "picture-process.ts", name);
  await once(child.stdout!, "data");
  await wait(Math.random() * 200);
  await kill(child);
  expect(printed()).not.toContain("stderr");
  return printed().split("\n").length - 1;
}

/** Every picture of the run under `key`, oldest first, by its step and its pixels. */
async function picturesOf(store: Store, run: RunId, key: string) {
  const query = { project, key, kind: "image", runs: [run], limit: 10_000 } as const;
  const blobs = BlobFolder.at(dir);
  const maker = new BlobMaker(blobs);
  const pictures = [];
  for (const { step, media } of (await store.readMedia(query)).toReversed()) {
    const { blob, caption } = media.fields as ImageFields;
    expect(await maker.make(blob)).toBe("ready");
    const { data } = decode(readFileSync(blobs.readyFile(blob)));
    pictures.push({ step, caption, pixels: Uint8Array.from(data) });
  }
  return pictures;
}

test(`every picture that log() returned from is there with its pixels, none twice (${KILLS} scripts, two folders and two makers killed at random)`, async () => {
  let isOver = false;
  const others = ["folding-process.ts", "making-process.ts"].flatMap((script) => [
    runUntil(dir, script, () => isOver),
    runUntil(dir, script, () => isOver),
  ]);
  const returned = new Map<string, number>();
  for (let i = 0; i < KILLS; i++) returned.set(`run-${i}`, await logAndDie(`run-${i}`));
  isOver = true;
  for (const trouble of await Promise.all(others)) expect(trouble).toBe("");

  const { folder, store } = await openStoreForFolding(dir);
  await new Folder(folder, store).foldAll();
  const blobs = new Set<BlobHash>();
  let mostCalls = 0;
  for (const [name, calls] of returned) {
    const run = (await store.findRun(project, name))!;
    const pictures = await picturesOf(store, run.id, "picture");
    // Exactly 0, 1, 2, … and at least as many as returned: the last may have been written but not told.
    expect(pictures).toEqual(
      pictures.map((_, step) => ({ step, caption: `call ${step}`, pixels: pixelsOf(step) })),
    );
    expect(pictures.length).toBeGreaterThanOrEqual(calls);
    expect(pictures.length).toBeLessThanOrEqual(calls + 1);
    expect(run.recordCount).toBe(pictures.length);
    const same = await picturesOf(store, run.id, "same");
    expect(same.map(({ step }) => step)).toEqual(same.map((_, i) => 5 * i));
    expect(same).toHaveLength(Math.ceil(pictures.length / 5));
    for (const { pixels } of same) expect(pixels).toEqual(pixelsOf(0));
    mostCalls = Math.max(mostCalls, pictures.length);
    for await (const page of store.listBlobs(project, run.id)) for (const b of page) blobs.add(b);
  }
  // The same picture, logged by many runs, is kept once.
  expect(mostCalls).toBeGreaterThan(20);
  expect(blobs.size).toBe(mostCalls);
  expect(await store.unusedBlobs([...blobs])).toEqual([]);
  await store.close();
}, 240_000);

test("killed between blob and journal: nothing refers to the picture, and it is collected when it is old", async () => {
  const { child, printed } = start(dir, "lost-picture-process.ts");
  await once(child, "close");
  expect([child.signalCode, printed()]).toEqual(["SIGKILL", ""]);
  const { folder, store } = await openStoreForFolding(dir);
  await new Folder(folder, store).foldAll();
  const run = (await store.findRun(project, "lost"))!;
  const [picture, ...others] = await picturesOf(store, run.id, "picture");
  expect(picture?.pixels).toEqual(pixelsOf(0));
  expect(others).toEqual([]);
  const pending = () => readdirSync(BlobFolder.at(dir).pendingPath);
  expect(pending()).toHaveLength(1);
  expect(await collectUnusedBlobs(folder, store)).toMatchObject({ count: 0 });
  const now = Date.now() + 2 * HOUR_MS;
  expect(await collectUnusedBlobs(folder, store, { now })).toMatchObject({ count: 1 });
  expect(pending()).toEqual([]);
  expect(await picturesOf(store, run.id, "picture")).toHaveLength(1);
  await store.close();
});

test("on a full disk pictures are left out with a word, folding waits, and when there is space all that was kept comes in", () => {
  const [kept, trouble, after] = runOnSmallDisk(
    BlobFolder.at(dir),
    `
    const { init, log, finish, Image } = await room("../sdk/index.ts");
    const { Folder } = await room("../ingest/folder.ts");
    const { openStoreForFolding } = await room("../ingest/open-store.ts");
    const { BlobMaker } = await room("blob-maker.ts");
    const root = blobs.path.slice(0, -"/store/blobs".length);
    const run = init({ project: "crash", name: "full", dir: root });
    // Together more than the disk holds, the last of them each more than a file may have.
    for (let call = 1; call <= 40; call++) {
      const pixels = Uint8Array.from({ length: 30000 * call }, (_, i) => (i * 31 + call * 7) % 256);
      log({ call, picture: new Image(pixels, { shape: [100, 100 * call, 3] }) });
    }
    const report = await finish();
    tell({ records: report.recordCount, dropped: report.droppedValues });
    const fold = async () => {
      const { folder, store } = await openStoreForFolding(root);
      try {
        await new Folder(folder, store).foldAll();
        const [{ id }] = await store.listRuns("crash");
        const query = { project: "crash", key: "picture", kind: "image", runs: [id], limit: 1000 };
        const maker = new BlobMaker(blobs);
        const outcomes = [];
        for (const { media } of await store.readMedia(query)) outcomes.push(await maker.make(media.fields.blob));
        return { steps: outcomes.length, outcomes: [...new Set(outcomes)] };
      } finally {
        await store.close();
      }
    };
    tell(await fold().catch((error) => error.code));
    enlarge();
    tell(await fold());`,
  ) as [{ records: number; dropped: number }, unknown, unknown];
  expect(kept.dropped).toBeGreaterThan(0);
  expect(kept.dropped).toBeLessThan(40);
  // Where only files are limited, and not the disk, the store itself has room.
  expect(["storage_full", after]).toContainEqual(trouble);
  expect(after).toEqual({ steps: kept.records - kept.dropped, outcomes: ["ready"] });
});

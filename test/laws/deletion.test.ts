/**
 * Law 10 and law 1 together: what is deleted is gone, and no picture that
 * another run names goes with it, whoever is killed when.
 */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { deleteProject } from "../../src/ingest/delete-project.ts";
import { finishDeletions } from "../../src/ingest/finish-deletions.ts";
import { Folder } from "../../src/ingest/folder.ts";
import { collectUnusedBlobs } from "../../src/ingest/free-blobs.ts";
import { openStoreForFolding } from "../../src/ingest/open-store.ts";
import { BlobFolder } from "../../src/media/blob-folder.ts";
import { putBackLostRemovals } from "../../src/media/remove-blobs.ts";
import { parseProjectKey } from "../../src/protocol/ids.ts";
import { kill, runUntil, start } from "./killed-process.ts";

const project = parseProjectKey("crash");
const SCRIPTS = 15;

test(`runs are deleted and blobs collected while others log the same pictures: none of theirs is lost (${SCRIPTS} scripts, and all who fold, make, delete and collect, killed at random)`, async () => {
  const dir = mkdtempSync(join(tmpdir(), "trackio-deletion-"));
  let isOver = false;
  const others = ["folding", "making", "deleting", "deleting"].map((what) =>
    runUntil(dir, `${what}-process.ts`, () => isOver),
  );
  for (let i = 0; i < SCRIPTS; i++) {
    const { child, printed } = start(dir, "picture-process.ts", `run-${i}`);
    await wait(500 + Math.random() * 500);
    await kill(child);
    expect(printed()).not.toContain("stderr");
  }
  isOver = true;
  for (const trouble of await Promise.all(others)) expect(trouble).toBe("");

  const { folder, store } = await openStoreForFolding(dir);
  const blobs = new BlobFolder(folder);
  await finishDeletions(folder, store);
  await new Folder(folder, store).foldAll();
  // As every maker does with what was taken away a minute ago.
  putBackLostRemovals(blobs, Date.now() + 61_000);
  const runs = await store.listRuns(project);
  expect(runs.length).toBeLessThan(SCRIPTS);
  let count = 0;
  for await (const page of store.listBlobs(project)) {
    count += page.length;
    expect(page.filter((blob) => blobs.find(blob).state === "missing")).toEqual([]);
  }
  // A script may have been killed before its first picture.
  expect(count > 0).toBe(runs.some(({ recordCount }) => recordCount > 0));

  if (runs.length > 0) await deleteProject(folder, store, project, { force: true });
  await collectUnusedBlobs(folder, store, { now: Date.now() + 2 * 3_600_000 });
  const left = readdirSync(blobs.path, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile() && !entry.name.endsWith(".making"))).toEqual([]);
  await store.close();
  rmSync(dir, { recursive: true, force: true });
}, 240_000);

import { utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { DataFolder } from "../../journal/data-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { keepBytes } from "../../media/keep-blob.ts";
import * as trackio from "../../sdk/index.ts";
import { LoggedFolder } from "../testing/logged-folder.ts";

const PIXELS = Uint8Array.from({ length: 300 }, (_, i) => i % 256);

function logPicture(dir: string, name: string, shape: readonly number[]): Promise<unknown> {
  const run = trackio.init({ project: "mnist", name, dir });
  run.log({ image: new trackio.Image(PIXELS, { shape }) });
  return run.finish();
}

/** Keeps bytes that nothing names, two hours ago. */
function keepLost(dir: string, text: string): BlobFolder {
  const blobs = new BlobFolder(new DataFolder(dir));
  const { path } = keepBytes(blobs, Buffer.from(text));
  const longAgo = Date.now() / 1000 - 7200;
  utimesSync(path, longAgo, longAgo);
  return blobs;
}

test("gc removes what nothing refers to, and only tells it with --dry-run", async () => {
  using folder = new LoggedFolder();
  await logPicture(folder.dir, "first", [10, 10, 3]);
  keepLost(folder.dir, "lost");
  keepBytes(new BlobFolder(new DataFolder(folder.dir)), Buffer.from("young"));
  const would = "Would remove 1 file, 4 B, that nothing refers to.\n";
  expect((await folder.trackio(["gc", "--dry-run"])).printed).toBe(would);
  const facts = { dir: folder.dir, num_blobs: 1, bytes: 4 };
  expect(await folder.json(["gc", "--dry-run"])).toMatchObject({ ...facts, dry_run: true });
  const gone = await folder.json<{ files: string[] }>(["gc"]);
  expect(gone).toMatchObject({ ...facts, dry_run: false });
  expect(gone.files).toHaveLength(1);
  expect((await folder.trackio(["gc"])).printed).toBe("Nothing to remove.\n");
  expect(await folder.json(["status"])).toMatchObject({ num_blobs: 2 });
});

test("gc in a folder without anything is no trouble", async () => {
  using folder = new LoggedFolder();
  const { exitCode, printed } = await folder.trackio(["gc"]);
  expect([exitCode, printed]).toEqual([0, "Nothing to remove.\n"]);
});

test("status shows the bytes of media, and delete says what it freed", async () => {
  using folder = new LoggedFolder();
  await logPicture(folder.dir, "first", [10, 10, 3]);
  await logPicture(folder.dir, "second", [10, 10, 3]);
  await logPicture(folder.dir, "second", [5, 20, 3]);
  const before = await folder.json<{ blob_bytes: number; pending_blob_bytes: number }>(["status"]);
  expect(before).toMatchObject({ num_blobs: 2 });
  expect(before.blob_bytes).toBeGreaterThan(200);
  expect(before.pending_blob_bytes).toBeLessThanOrEqual(before.blob_bytes);
  const { printed } = await folder.trackio(["status"]);
  expect(printed).toMatch(/\nMedia +\d+ B in 2 blobs/);
  const shared = await folder.json(["delete", "run", "--run", "first", "--yes"]);
  expect(shared).toMatchObject({ num_blobs: 0, blob_bytes: 0 });
  const project = ["delete", "project", "--project", "mnist", "--yes"];
  const deleted = await folder.trackio(project);
  expect(deleted.printed).toMatch(/: 2 logs in the store and \d+ B of media and files\.\n$/);
  expect(await folder.json(["status"])).toMatchObject({ num_blobs: 0, blob_bytes: 0 });
});

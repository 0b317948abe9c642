/** What the SDK left of pictures and videos, as a test wants to see it: what a record refers to, and the file it becomes. */

import { readFileSync } from "node:fs";
import sharp from "sharp";
import { onTestFinished, vi } from "vitest";
import type { DataFolder } from "../../journal/data-folder.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { BlobMaker } from "../../media/blob-maker.ts";
import type { BlobHash, ImageFields, VideoFields } from "../../protocol/media.ts";
import { MediaRef } from "../../protocol/media.ts";
import * as trackio from "../index.ts";
import { readRun } from "./on-disk.ts";

/** A run in a folder of its own, whose log() takes anything, and the lines that it tells. */
export function openRun() {
  const folder = temporaryFolder();
  const told = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  onTestFinished(() => told.mockRestore());
  const run = trackio.init({ project: "p", dir: folder.root });
  const log = run.log.bind(run) as (values: unknown) => void;
  return {
    folder,
    blobs: new BlobFolder(folder),
    run,
    log,
    // Libraries tell things, too.
    told: () =>
      told.mock.calls.map(([line]) => String(line)).filter((line) => line.startsWith("trackio:")),
  };
}

/** The fields of the only medium under `key` of the last record. */
export function lastMedia(folder: DataFolder, key: string): ImageFields & VideoFields {
  const value = readRun(folder).rows.at(-1)?.[key];
  if (value instanceof MediaRef) return value.fields as ImageFields & VideoFields;
  throw new Error(`${key} is ${JSON.stringify(value)}`);
}

/** The path of the file that a maker makes of it. */
export async function makeFile(folder: DataFolder, hash: BlobHash): Promise<string> {
  const blobs = new BlobFolder(folder);
  const outcome = await new BlobMaker(blobs).make(hash);
  if (outcome !== "ready") throw new Error(`The blob is ${outcome}: ${readReason(blobs, hash)}`);
  return blobs.readyFile(hash);
}

function readReason(blobs: BlobFolder, hash: BlobHash): string {
  const found = blobs.find(hash);
  return found.state === "failed" ? readFileSync(found.path, "utf8") : found.state;
}

export interface Pixels {
  readonly shape: readonly number[];
  readonly bytes: readonly number[];
}

/** What sharp reads from the picture under `key` of the last record. */
export async function readPixels(folder: DataFolder, key: string): Promise<Pixels> {
  const path = await makeFile(folder, lastMedia(folder, key).blob);
  const { channels } = await sharp(path).metadata();
  const { data, info } = await sharp(path)
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { shape: [info.height, info.width, info.channels], bytes: [...data] };
}

/** The bytes of a picture, video, table or saved file, on their way to whoever asked for them. */

import { createReadStream } from "node:fs";
import { copyFile, realpath, rename, rm, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { isMissing } from "../journal/file-errors.ts";
import { BlobFolder, type BlobState } from "../media/blob-folder.ts";
import { BlobMaker } from "../media/blob-maker.ts";
import { readFailure } from "../media/failed-blob.ts";
import { trackioFileHash } from "../media/trackio-file-hash.ts";
import { TrackioError } from "../protocol/errors.ts";
import { type BlobHash, isSavedPath } from "../protocol/media.ts";
import type { OpenData } from "./open-data.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Where the blob lies, in the form in which it is shown; made where that was not done yet.
 * @param what Names it to people, e.g. `File 'notes.txt'`.
 * @param mediaPath Below `media`, where Trackio for Python keeps it.
 * @throws {@link TrackioError} `not_found` where it is gone or could not be made, `unavailable` where it is still being made.
 */
export async function findBlobFile(
  { folder }: OpenData,
  blob: BlobHash,
  what: string,
  mediaPath?: string,
): Promise<string> {
  const blobs = new BlobFolder(folder);
  let trouble: string | undefined;
  const maker = new BlobMaker(blobs, {
    onNews: (news) => {
      if (news.news === "trouble") trouble = news.message;
    },
  });
  // Also what is shown as it is: a ready blob is not moved while it is read.
  await maker.make(blob);
  const found = blobs.find(blob);
  if (found.state === "ready" || found.state === "given") return found.path;
  const inPlace = mediaPath && (await findInPlace(join(folder.root, "media"), mediaPath, blob));
  if (inPlace) return inPlace;
  throw notThere(found, found.state === "failed" ? readFailure(blobs, blob) : trouble, what);
}

/** Bytes of the file where it lies now, in whatever form; undefined where it is not there. Nothing is made. */
export async function findBlobSize(
  { folder }: OpenData,
  blob: BlobHash,
  mediaPath?: string,
): Promise<number | undefined> {
  const found = new BlobFolder(folder).find(blob);
  if ("sizeBytes" in found) return found.sizeBytes;
  const inPlace = mediaPath && (await findInPlace(join(folder.root, "media"), mediaPath, blob));
  return inPlace ? (await stat(inPlace)).size : undefined;
}

/** The file where Trackio for Python keeps it; never one outside of its media folder, whatever the path says. */
async function findInPlace(
  mediaFolder: string,
  path: string,
  blob: BlobHash,
): Promise<string | undefined> {
  if (trackioFileHash(path) !== blob || !isSavedPath(path)) return undefined;
  try {
    const file = await realpath(join(mediaFolder, path));
    const isInside = file.startsWith((await realpath(mediaFolder)) + sep);
    return isInside && (await stat(file)).isFile() ? file : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function notThere({ state }: BlobState, reason: string | undefined, what: string): TrackioError {
  if (state === "failed") {
    const why = reason ?? "nobody knows why";
    return new TrackioError("not_found", `${what} could not be kept: ${why}`);
  }
  if (state === "missing") {
    return new TrackioError("not_found", `${what} is not on the disk any more: it was deleted.`);
  }
  const text =
    reason === undefined
      ? `${what} is still being made; try again in a moment.`
      : `${what} is not made yet, and cannot be made now: ${reason}`;
  return new TrackioError("unavailable", text);
}

/** Copies the file to `path`, where it appears whole or not at all. */
export async function copyWhole(from: string, path: string): Promise<void> {
  const partPath = `${path}.part`;
  try {
    await copyFile(from, partPath);
    await rename(partPath, path);
  } catch (error) {
    await rm(partPath, { force: true });
    throw error;
  }
}

/** Writes the file to standard output. */
export async function printFile(terminal: Terminal, path: string): Promise<void> {
  for await (const chunk of createReadStream(path)) await terminal.print(chunk as Buffer);
}

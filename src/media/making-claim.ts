/**
 * Says that a maker is at a blob, so that no two do the same work; doing it
 * twice would cost time and nothing else. A claim of a process that is gone, or
 * that has given no sign for two minutes, is taken over, and counts on how often
 * that was: a blob that ends every maker is not tried for ever.
 */

import {
  closeSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { errorCode, isMissing } from "../journal/file-errors.ts";
import { currentWriterProcess, isWriterAlive } from "../journal/process-liveness.ts";
import type { BlobHash } from "../protocol/media.ts";
import type { BlobFolder } from "./blob-folder.ts";
import type { ClaimNote } from "./pending-descriptor.ts";
import { readNames } from "./read-names.ts";
import { discard } from "./temporary-file.ts";

const SUFFIX = ".making";
const SIGN_INTERVAL_MS = 5_000;
const SILENCE_LIMIT_MS = 2 * 60_000;
/** Writing a claim takes less; an older one without its text was torn. */
const WRITING_LIMIT_MS = 2_000;

export class MakingClaim {
  /** How many makers ended in the middle of it before this one. */
  readonly lostMakers: number;
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  #signedMs = performance.now();

  /** Undefined where another maker is at it. @throws the system's error where no claim can be written. */
  static take(blobs: BlobFolder, hash: BlobHash): MakingClaim | undefined {
    const path = claimFile(blobs, hash);
    let lostMakers = 0;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        writeClaim(path, { process: currentWriterProcess(), lostMakers });
        return new MakingClaim(path, lostMakers);
      } catch (error) {
        if (errorCode(error) !== "EEXIST") throw error;
      }
      const lost = findLost(path);
      if (lost === undefined) return undefined;
      lostMakers = lost.lostMakers + 1;
      discard(path);
    }
    return undefined;
  }

  private constructor(path: string, lostMakers: number) {
    this.#path = path;
    this.lostMakers = lostMakers;
    this.#timer = setInterval(() => this.sign(), SIGN_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Gives a sign of life, at most every few seconds; for work during which no timer fires. */
  sign(): void {
    const nowMs = performance.now();
    if (nowMs - this.#signedMs < SIGN_INTERVAL_MS - 100) return;
    this.#signedMs = nowMs;
    try {
      const now = Date.now() / 1000;
      utimesSync(this.#path, now, now);
    } catch (error) {
      // Taken over, or a disk in trouble: the work itself goes on.
      if (errorCode(error) === undefined) throw error;
    }
  }

  release(): void {
    clearInterval(this.#timer);
    discard(this.#path);
  }
}

/** Removes the claim on a blob that is no longer pending, where its maker is gone. */
export function discardLostClaim(blobs: BlobFolder, hash: BlobHash): void {
  const path = claimFile(blobs, hash);
  if (findLost(path) !== undefined) discard(path);
}

/** Releases all claims of this process, which is about to end: that is no fault of what it was making. @throws the system's error. */
export function releaseOwnClaims(blobs: BlobFolder): void {
  const own = JSON.stringify(currentWriterProcess());
  for (const name of readNames(blobs.pendingPath)) {
    const path = join(blobs.pendingPath, name);
    if (name.endsWith(SUFFIX) && JSON.stringify(readNote(path)?.process) === own) discard(path);
  }
}

function claimFile(blobs: BlobFolder, hash: BlobHash): string {
  return join(blobs.pendingPath, `${hash}${SUFFIX}`);
}

function writeClaim(path: string, note: ClaimNote): void {
  const fd = openSync(path, "wx");
  try {
    writeSync(fd, JSON.stringify(note));
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** The claim where its maker is gone; undefined where it lives. */
function findLost(path: string): { readonly lostMakers: number } | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { lostMakers: -1 };
  const nowMs = Date.now();
  const note = readNote(path);
  const silentMs = nowMs - stats.mtimeMs;
  if (note === undefined) return silentMs > WRITING_LIMIT_MS ? { lostMakers: 0 } : undefined;
  const isSilent = silentMs > SILENCE_LIMIT_MS;
  const isAlive = !isSilent && isWriterAlive(note.process, stats.mtimeMs, nowMs);
  return isAlive ? undefined : { lostMakers: note.lostMakers };
}

/** Undefined where it is being written, or was torn. */
function readNote(path: string): ClaimNote | undefined {
  try {
    const note = JSON.parse(readFileSync(path, "utf8")) as Partial<ClaimNote>;
    if (note.process === undefined) return undefined;
    return { process: note.process, lostMakers: Number(note.lostMakers) || 0 };
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * What the files of a SQLite database look like from the outside: the way to
 * know, for the price of three `stat`s, that nothing was written, and, by a look
 * before and one after a read without locks, that what was read is whole.
 *
 * Law: two equal looks, of which the first is settled, have nothing written
 * between them.
 */

import { closeSync, openSync, readSync } from "node:fs";
import { isMissing } from "../../journal/file-errors.ts";
import { exactStatIfThere } from "../../journal/stat-if-there.ts";

/** Two writes within a tick of the file system's clock leave the same time: at most 10 ms on Linux, 2 s on FAT. */
const TICK_MS = 20;
const COARSE_TICK_MS = 2_000;

export interface DatabaseLook {
  /** Equal where nothing was written. */
  readonly stamp: string;
  /** Which file it is, whatever is in it. */
  readonly identity: string;
  /** Whether a write from now on shows in the next look, whatever the file system's clock. */
  readonly isSettled: boolean;
  /** The write-ahead log, where it is there and has something in it. */
  readonly wal:
    | { readonly identity: string; readonly bornAt: string; readonly modifiedMs: number }
    | undefined;
  /** Whether a rollback journal says that the file is, or was left, in the middle of a write. */
  readonly hasJournal: boolean;
  readonly sizeBytes: number;
  /** Of the newest of its files, epoch milliseconds. */
  readonly modifiedMs: number;
}

/** The look of the database at `path`; undefined where there is none, also where a folder or a pipe has its name. */
export function lookAtDatabase(path: string, nowMs = Date.now()): DatabaseLook | undefined {
  const file = lookAtFile(path, nowMs);
  if (file === undefined) return undefined;
  const wal = lookAtFile(`${path}-wal`, nowMs);
  const journal = lookAtFile(`${path}-journal`, nowMs);
  const files = [file, wal, journal].filter((look) => look !== undefined);
  return {
    stamp: files.map((look) => look.stamp).join(" "),
    identity: file.identity,
    isSettled: files.every((look) => look.isSettled),
    wal: wal !== undefined && wal.sizeBytes > 0 ? wal : undefined,
    hasJournal: journal !== undefined && journal.sizeBytes > 0 && isHot(`${path}-journal`),
    sizeBytes: file.sizeBytes,
    modifiedMs: Math.max(...files.map((look) => look.modifiedMs)),
  };
}

interface FileLook {
  readonly stamp: string;
  readonly identity: string;
  /** The next file may get the same identity; some file systems know when a file was made. */
  readonly bornAt: string;
  readonly isSettled: boolean;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

function lookAtFile(path: string, nowMs: number): FileLook | undefined {
  const stats = exactStatIfThere(path);
  if (stats?.isFile() !== true) return undefined;
  const { dev, ino, size, mtimeNs, birthtimeNs } = stats;
  const modifiedMs = Number(mtimeNs / 1_000n) / 1_000;
  const tickMs = mtimeNs % 1_000_000_000n === 0n ? COARSE_TICK_MS : TICK_MS;
  return {
    stamp: `${dev}:${ino}:${size}:${mtimeNs}`,
    identity: `${dev}:${ino}`,
    bornAt: String(birthtimeNs),
    // A time that lies ahead is of another clock, which this one cannot judge.
    isSettled: nowMs - modifiedMs > tickMs || modifiedMs > nowMs + COARSE_TICK_MS,
    sizeBytes: Number(size),
    modifiedMs,
  };
}

/** A journal that is kept after its transaction begins with zeros. */
function isHot(journal: string): boolean {
  const beginning = new Uint8Array(8);
  try {
    const fd = openSync(journal, "r");
    try {
      readSync(fd, beginning, 0, beginning.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  return beginning.some((byte) => byte !== 0);
}

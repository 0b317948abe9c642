/**
 * Blobs on disk. A blob is named after the SHA-256 of what was given to `log()`,
 * so that the same picture logged a thousand times is kept once, and a record
 * can name it before it has the form in which it is shown:
 *
 *     blobs/<first 2 digits>/<hash>          ready: as it is shown, and on the disk itself
 *     blobs/<first 2 digits>/<hash>.failed   why there is none, as JSON {"reason": "…"}
 *     blobs/pending/<hash>.given             bytes as they are shown, not yet brought to the disk itself
 *     blobs/pending/<hash>.raw               numbers that are still to be made into a file: see raw-file.ts
 *     blobs/pending/<hash>.path              JSON: a file that was too large to copy within `log()`
 *     blobs/pending/<hash>.awaited           JSON: a picture that a process is still rendering
 *     blobs/pending/<hash>.making            a maker is at it
 *     blobs/temporary/<random>               being written
 *
 * Laws: a file appears under its name whole, or not at all; what `log()` returned
 * from is there after `kill -9`; whoever makes a blob may be stopped anywhere and
 * another one goes on; a hash from outside never leads out of the folder.
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import { DataFolder } from "../journal/data-folder.ts";
import type { BlobHash } from "../protocol/media.ts";

/** What is waiting to become a blob, and how. */
export type PendingKind = "given" | "raw" | "path" | "awaited";

export const PENDING_KINDS: readonly PendingKind[] = ["given", "raw", "path", "awaited"];

/** Where a blob stands. */
export type BlobState =
  | { readonly state: "ready"; readonly path: string; readonly sizeBytes: number }
  | { readonly state: PendingKind; readonly path: string; readonly sizeBytes: number }
  | { readonly state: "failed"; readonly path: string }
  | { readonly state: "missing" };

/** The paths of one data folder's blobs; only `find` touches the disk. */
export class BlobFolder {
  readonly path: string;
  readonly pendingPath: string;
  readonly temporaryPath: string;

  /** Of the data folder `root`. */
  static at(root: string): BlobFolder {
    return new BlobFolder(new DataFolder(root));
  }

  constructor(folder: DataFolder) {
    this.path = folder.blobsPath;
    this.pendingPath = join(this.path, "pending");
    this.temporaryPath = join(this.path, "temporary");
  }

  readyFile(hash: BlobHash): string {
    return join(this.path, hash.slice(0, 2), hash);
  }

  failedFile(hash: BlobHash): string {
    return `${this.readyFile(hash)}.failed`;
  }

  pendingFile(hash: BlobHash, kind: PendingKind): string {
    return join(this.pendingPath, `${hash}.${kind}`);
  }

  /** Wherever something of the blob may lie, in whatever state. */
  filesOf(hash: BlobHash): string[] {
    const pending = PENDING_KINDS.map((kind) => this.pendingFile(hash, kind));
    return [this.readyFile(hash), this.failedFile(hash), ...pending];
  }

  /** Where the blob stands now; ready is looked for first, and once more at the end, since a maker may be at it. */
  find(hash: BlobHash): BlobState {
    const ready = this.#findReady(hash);
    if (ready !== undefined) return ready;
    for (const kind of PENDING_KINDS) {
      const path = this.pendingFile(hash, kind);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats !== undefined) return { state: kind, path, sizeBytes: stats.size };
    }
    const failed = this.failedFile(hash);
    if (statSync(failed, { throwIfNoEntry: false }) !== undefined) {
      return { state: "failed", path: failed };
    }
    return this.#findReady(hash) ?? { state: "missing" };
  }

  #findReady(hash: BlobHash): BlobState | undefined {
    const path = this.readyFile(hash);
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : { state: "ready", path, sizeBytes: stats.size };
  }
}

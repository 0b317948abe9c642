/** Behind `RunMedia`: keeps the blobs of one run, and knows which of them are not yet safe. */

import type { DataFolder } from "../journal/data-folder.ts";
import { BlobFolder, type BlobState } from "../media/blob-folder.ts";
import { keepAwaited, settleAwaited } from "../media/keep-awaited.ts";
import { type KeptBlob, keepBytes, keepFile, keepRaw, syncKept } from "../media/keep-blob.ts";
import type { RawHeader } from "../media/raw-file.ts";
import type { BlobHash } from "../protocol/media.ts";
import { describeError } from "./describe-value.ts";
import type { BlobFields, MediaKeeper } from "./loggable.ts";

/** No script waits longer for the disk at its end; after thousands of pictures at once it would for minutes. */
const SYNC_LIMIT_MS = 2_000;

/** What the rest of the SDK does for the keeper. */
export interface KeeperHost {
  readonly warn: MediaKeeper["warn"];
  readonly encode: MediaKeeper["encode"];
}

/** A blob that the record which is being made names. */
interface NamedBlob {
  readonly hash: BlobHash;
  /** Writes it once more. */
  readonly again: () => KeptBlob;
}

export class RunMediaKeeper implements MediaKeeper {
  /** Those that were not there before, and are in the journal. */
  blobCount = 0;
  blobBytes = 0;
  readonly encode: MediaKeeper["encode"];
  readonly warn: MediaKeeper["warn"];
  readonly #blobs: BlobFolder;
  /** Pending when last seen, the longest unseen first. */
  readonly #unsynced = new Set<BlobHash>();
  readonly #rendering = new Set<Promise<void>>();
  #named: NamedBlob[] = [];
  #actions: (() => void)[] = [];
  #newCount = 0;
  #newBytes = 0;

  constructor(folder: DataFolder, host: KeeperHost) {
    this.#blobs = new BlobFolder(folder);
    this.encode = host.encode;
    this.warn = host.warn;
  }

  keepBytes(bytes: Uint8Array): BlobFields {
    return this.#keep(() => keepBytes(this.#blobs, bytes));
  }

  keepRaw(header: RawHeader, chunks: readonly Uint8Array[]): BlobFields {
    return this.#keep(() => keepRaw(this.#blobs, header, chunks));
  }

  keepFile(path: string, options?: { readonly mayBeEmpty?: boolean }): BlobFields {
    return this.#keep(() => keepFile(this.#blobs, path, options));
  }

  keepAwaited(what: string, bytes: Promise<Uint8Array>): BlobFields {
    // First of all: a promise whose rejection nobody awaits ends the script.
    const outcome = bytes.catch((error: unknown) => ({
      reason: `${what} could not be rendered: ${describeError(error)}`,
    }));
    const { hash } = keepAwaited(this.#blobs, what);
    this.#newCount += 1;
    const rendering = this.#settle(hash, outcome).finally(() => this.#rendering.delete(rendering));
    this.#rendering.add(rendering);
    return { blob: hash, bytes: 0 };
  }

  whenLogged(action: () => void): void {
    this.#actions.push(action);
  }

  recordWritten(): void {
    const isEmpty = this.#named.length + this.#actions.length + this.#newCount === 0;
    if (isEmpty) return;
    this.blobCount += this.#newCount;
    this.blobBytes += this.#newBytes;
    const [named, actions] = [this.#named, this.#actions];
    this.recordLost();
    for (const action of actions) action();
    for (const blob of named) this.#lookAgain(blob);
  }

  recordLost(): void {
    this.#named = [];
    this.#actions = [];
    this.#newCount = 0;
    this.#newBytes = 0;
  }

  sync(): void {
    syncKept(this.#blobs, this.#unsynced, { limitMs: SYNC_LIMIT_MS });
    this.#unsynced.clear();
  }

  rendered(timeoutMs: number): Promise<void> | undefined {
    if (this.#rendering.size === 0) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        const count = this.#rendering.size;
        this.warn(
          "rendering",
          `${count} ${count === 1 ? "picture was" : "pictures were"} still being rendered after ${timeoutMs / 1_000} s; what is done while this process goes on is kept.`,
        );
        resolve();
      }, timeoutMs);
    });
    const all = Promise.all(this.#rendering).then(() => undefined);
    return Promise.race([all, timeout]).finally(() => clearTimeout(timer));
  }

  /** Somebody may have found that nothing names the blob, just before the journal did. */
  #lookAgain({ hash, again }: NamedBlob): void {
    try {
      if (this.#blobs.find(hash).state !== "missing" || again().hash === hash) return;
      this.warn("again", "a file changed while it was logged; the point has none.");
    } catch (error) {
      this.warn("again", `what was logged was deleted meanwhile: ${describeError(error)}`);
    }
  }

  async #settle(
    hash: BlobHash,
    outcome: Promise<Uint8Array | { readonly reason: string }>,
  ): Promise<void> {
    const rendered = await outcome;
    try {
      settleAwaited(this.#blobs, hash, rendered);
      this.#unsynced.add(hash);
      if (rendered instanceof Uint8Array) this.blobBytes += rendered.length;
      else this.warn("rendered", rendered.reason);
    } catch (error) {
      this.warn("rendered", describeError(error));
    }
  }

  #keep(again: () => KeptBlob): BlobFields {
    const { hash, sizeBytes, isNew } = again();
    this.#named.push({ hash, again });
    if (isNew) {
      this.#newCount += 1;
      this.#newBytes += sizeBytes;
    }
    this.#remember(hash);
    return { blob: hash, bytes: sizeBytes };
  }

  /** Notes what `finish` has to sync, and forgets one or two that a maker is done with, so that they never become many. */
  #remember(hash: BlobHash): void {
    this.#unsynced.add(hash);
    let looked = 0;
    for (const former of this.#unsynced) {
      if (former === hash || looked === 2) return;
      looked += 1;
      this.#unsynced.delete(former);
      if (isPending(this.#blobs.find(former))) this.#unsynced.add(former);
    }
  }
}

function isPending({ state }: BlobState): boolean {
  return state !== "ready" && state !== "failed" && state !== "missing";
}

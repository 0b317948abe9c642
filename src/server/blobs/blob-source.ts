/**
 * Finds blobs for those who ask over HTTP. One that is there already is opened
 * at once; one that is still being made is waited for, since the page may ask
 * for a picture a moment after the script logged its numbers.
 */

import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { BlobFolder, BlobState, PendingKind } from "../../media/blob-folder.ts";
import { readFailure } from "../../media/failed-blob.ts";
import { RECOGNISE_BYTES, recogniseMedia } from "../../media/recognise.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { BlobHash } from "../../protocol/media.ts";
import { BlobFile } from "./blob-file.ts";

/** Makes at once what somebody waits for. */
export interface SoonMaker {
  /** Resolves when nothing more can be done for the blob now: made, failed, or not for us to make. Never rejects. */
  makeSoon(hash: BlobHash): Promise<void>;
}

export interface BlobSourceOptions {
  /** How long one request waits for a blob; 5,000 unless told. */
  readonly waitMs?: number;
  /** Requests that may wait at once; 200 unless told. */
  readonly maxWaiting?: number;
}

/** Between two looks at a blob that others make. */
const LOOK_EVERY_MS = 100;
/** A maker that moves the blob between two looks is seen at the next one. */
const MAX_LOOKS = 5;
const MAX_TYPES_KNOWN = 50_000;

const WHY_IN_THE_MAKING: { readonly [State in InTheMaking["state"]]: string } = {
  raw: "is still being made from the numbers that were logged",
  path: "is still being copied from the path that was logged",
  awaited: "is still being rendered by the script that logged it",
};

export class BlobSource {
  readonly #folder: BlobFolder;
  readonly #maker: SoonMaker;
  readonly #waitMs: number;
  readonly #maxWaiting: number;
  readonly #types = new Map<string, string>();
  #waitingCount = 0;

  constructor(folder: BlobFolder, maker: SoonMaker, options: BlobSourceOptions = {}) {
    this.#folder = folder;
    this.#maker = maker;
    this.#waitMs = options.waitMs ?? 5_000;
    this.#maxWaiting = options.maxWaiting ?? 200;
  }

  /**
   * The blob, open; whoever asked has to close it.
   * @throws {@link TrackioError} `not_found` where there is none, or none could be made, with the reason; `unavailable`
   * where it is not made yet; `busy` where too many wait, or too many files are open.
   */
  async open(hash: BlobHash, signal: AbortSignal): Promise<BlobFile> {
    const ready = await this.#openFile(hash, this.#folder.readyFile(hash), true);
    if (ready !== undefined) return ready;
    for (let look = 0; look < MAX_LOOKS; look += 1) {
      const found = await this.#settled(hash, signal);
      if (found.state === "missing") throw missing(hash);
      if (found.state === "failed") {
        const reason = readFailure(this.#folder, hash);
        throw reason === undefined ? missing(hash) : new TrackioError("not_found", reason);
      }
      const file = await this.#openFile(hash, found.path, found.state === "ready");
      if (file !== undefined) return file;
    }
    throw missing(hash);
  }

  /** Where the blob stands when it is no longer in the making. */
  async #settled(hash: BlobHash, signal: AbortSignal): Promise<Settled> {
    const found = this.#folder.find(hash);
    if (!isInTheMaking(found)) return found;
    if (this.#waitingCount >= this.#maxWaiting) {
      const message = `${this.#waitingCount} others are waiting for pictures that are still being made; ask again in a few seconds.`;
      throw new TrackioError("busy", message);
    }
    this.#waitingCount += 1;
    try {
      return await this.#wait(hash, signal);
    } finally {
      this.#waitingCount -= 1;
    }
  }

  async #wait(hash: BlobHash, signal: AbortSignal): Promise<Settled> {
    const deadline = performance.now() + this.#waitMs;
    const making = this.#maker.makeSoon(hash).then(() => {
      isMade = true;
    });
    let isMade = false;
    for (;;) {
      const pause = delay(LOOK_EVERY_MS, undefined, { signal });
      await (isMade ? pause : Promise.race([making, pause]));
      const found = this.#folder.find(hash);
      if (!isInTheMaking(found)) return found;
      if (performance.now() < deadline) continue;
      const message = `Blob ${hash} ${WHY_IN_THE_MAKING[found.state]}; ask again in a few seconds.`;
      throw new TrackioError("unavailable", message);
    }
  }

  /** Undefined where it is not there (any more). */
  async #openFile(hash: BlobHash, path: string, isReady: boolean): Promise<BlobFile | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(path, "r");
    } catch (error) {
      switch ((error as NodeJS.ErrnoException).code) {
        case "ENOENT":
          return undefined;
        case "EMFILE":
        case "ENFILE":
          throw new TrackioError("busy", "The server has too many files open; ask again soon.");
        default:
          throw error;
      }
    }
    try {
      const { size } = await handle.stat();
      const type = await this.#typeOf(hash, size, handle);
      return new BlobFile(hash, handle, { sizeBytes: size, type, isReady });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Read once for each blob: what is asked for in parts is asked for often. */
  async #typeOf(hash: BlobHash, sizeBytes: number, handle: FileHandle): Promise<string> {
    const name = `${hash} ${sizeBytes}`;
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const first = new Uint8Array(Math.min(sizeBytes, RECOGNISE_BYTES));
    const { bytesRead } = await handle.read(first, 0, first.length, 0);
    const type = recogniseMedia(first.subarray(0, bytesRead))?.type ?? "application/octet-stream";
    if (this.#types.size >= MAX_TYPES_KNOWN) this.#types.clear();
    this.#types.set(name, type);
    return type;
  }
}

/** A blob whose bytes are not there yet, in the form in which they are shown. */
type InTheMaking = BlobState & { readonly state: Exclude<PendingKind, "given"> };
type Settled = Exclude<BlobState, { readonly state: InTheMaking["state"] }>;

function isInTheMaking(found: BlobState): found is InTheMaking {
  return found.state in WHY_IN_THE_MAKING;
}

function missing(hash: BlobHash): TrackioError {
  const message = `There is no blob ${hash}: it was deleted, or this data folder never had it.`;
  return new TrackioError("not_found", message);
}

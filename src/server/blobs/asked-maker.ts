/**
 * Makes what a page waits for, at once: the script's own maker may be at a long
 * video, or gone, and whoever folds makes only what has been pending for
 * seconds. Its thread is there only while somebody asks.
 */

import { MakerWorker } from "../../media/maker-worker.ts";
import type { BlobHash } from "../../protocol/media.ts";
import type { SoonMaker } from "./blob-source.ts";

/** After so long without a question the thread ends, and with it the encoders that it has loaded. */
const IDLE_LIMIT_MS = 30_000;

export class AskedMaker implements SoonMaker {
  readonly #root: string;
  readonly #making = new Map<BlobHash, Promise<void>>();
  #worker: MakerWorker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param root The data folder. */
  constructor(root: string) {
    this.#root = root;
  }

  makeSoon(hash: BlobHash): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const making = this.#making.get(hash) ?? this.#make(hash);
    this.#making.set(hash, making);
    return making;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  async #make(hash: BlobHash): Promise<void> {
    clearTimeout(this.#idle);
    this.#worker ??= MakerWorker.start(this.#root);
    await this.#worker.make(hash);
    this.#making.delete(hash);
    if (this.#making.size > 0 || this.#isClosed) return;
    this.#idle = setTimeout(() => void this.#end(), IDLE_LIMIT_MS);
    this.#idle.unref();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.close();
  }
}

/**
 * Sees to what scripts kept and did not make: a process that was killed, or one
 * that logs faster than its maker works; and to what a deletion that was killed
 * had taken away. A look costs two `readdir`s; the thread with the encoders is
 * there only while there is work for it.
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import type { DataFolder } from "../journal/data-folder.ts";
import { BlobFolder } from "../media/blob-folder.ts";
import type { MakerNews } from "../media/blob-maker.ts";
import { MakerWorker } from "../media/maker-worker.ts";
import { readNames } from "../media/read-names.ts";
import { putBackLostRemovals } from "../media/remove-blobs.ts";

/** A script's own maker is quicker than that. */
const PENDING_LIMIT_MS = 3_000;
const LOOK_EVERY_MS = 1_000;
/** After so long without work the thread ends. */
const IDLE_LIMIT_MS = 30_000;

export class PendingMedia {
  readonly #root: string;
  readonly #blobs: BlobFolder;
  readonly #tell: (trouble: string) => void;
  readonly #told = new Set<string>();
  #worker: MakerWorker | undefined;
  #lastPendingMs = 0;

  /** @param tell Takes trouble, in a sentence, each once. */
  constructor(folder: DataFolder, tell: (trouble: string) => void) {
    this.#root = folder.root;
    this.#blobs = new BlobFolder(folder);
    this.#tell = tell;
  }

  /** Begins to make what has been pending for 3 s, or ends where nothing has been for long. Never rejects. */
  async look(nowMs: number = Date.now()): Promise<void> {
    try {
      await this.#look(nowMs);
    } catch (error) {
      // What is logged is folded all the same.
      this.#tellOnce(error instanceof Error ? error.message : String(error));
    }
  }

  async #look(nowMs: number): Promise<void> {
    putBackLostRemovals(this.#blobs, nowMs);
    if (this.#isAnyPending(nowMs)) {
      this.#lastPendingMs = nowMs;
      this.#worker ??= MakerWorker.start(this.#root, {
        lookEveryMs: LOOK_EVERY_MS,
        olderThanMs: PENDING_LIMIT_MS,
        onNews: (news) => this.#hear(news),
      });
    } else if (nowMs - this.#lastPendingMs > IDLE_LIMIT_MS) await this.close();
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.close();
  }

  #isAnyPending(nowMs: number): boolean {
    return readNames(this.#blobs.pendingPath).some((name) => {
      if (name.endsWith(".making")) return false;
      const stats = statSync(join(this.#blobs.pendingPath, name), { throwIfNoEntry: false });
      return stats !== undefined && nowMs - stats.mtimeMs >= PENDING_LIMIT_MS;
    });
  }

  #hear(news: MakerNews): void {
    if (news.news === "trouble") this.#tellOnce(news.message);
  }

  #tellOnce(trouble: string): void {
    if (this.#told.has(trouble)) return;
    this.#told.add(trouble);
    this.#tell(trouble);
  }
}

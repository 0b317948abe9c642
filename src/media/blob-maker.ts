/**
 * Makes blobs of what `log()` kept: numbers become pictures, videos and tables,
 * what is shown as it is comes to the disk itself, large files are copied.
 *
 * Laws: a maker may be killed between any two steps, and another one goes on;
 * two at once do no harm; what the disk refuses stays pending, and only what
 * can never be made fails, with a reason for people.
 */

import { readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode, explainWriteError, isMissing } from "../journal/file-errors.ts";
import { isWriterAlive } from "../journal/process-liveness.ts";
import { TrackioError } from "../protocol/errors.ts";
import { type BlobHash, isBlobHash } from "../protocol/media.ts";
import type { BlobFolder, BlobState } from "./blob-folder.ts";
import { copyLargeFile } from "./copy-large-file.ts";
import { encodeRaw } from "./encode-raw.ts";
import type { Making } from "./making.ts";
import { discardLostClaim, MakingClaim } from "./making-claim.ts";
import type { AwaitedDescriptor, PathDescriptor } from "./pending-descriptor.ts";
import { readNames } from "./read-names.ts";
import { discardPending, placeFailed, placeReady } from "./ready-file.ts";
import { putBackLostRemovals } from "./remove-blobs.ts";
import { discard, newTemporaryPath } from "./temporary-file.ts";

/** Where a blob stands after a maker was asked for it; `pending`: another one is at it, or it cannot be made now. */
export type MakeOutcome = "ready" | "failed" | "missing" | "pending";

/** What a maker tells of its work; plain data, so that it crosses threads. */
export type MakerNews =
  | { readonly news: "made"; readonly hash: BlobHash }
  | { readonly news: "failed"; readonly hash: BlobHash; readonly reason: string }
  /** Of long work: frames of a video, bytes of a file. */
  | {
      readonly news: "progress";
      readonly hash: BlobHash;
      readonly done: number;
      readonly total: number;
    }
  /** It is made in another way than asked for. */
  | { readonly news: "note"; readonly hash: BlobHash; readonly message: string }
  /** It stays pending, to be tried again. */
  | { readonly news: "trouble"; readonly hash: BlobHash; readonly message: string };

export interface MakerOptions {
  readonly onNews?: (news: MakerNews) => void;
  /** Where `ffmpeg` is looked for. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** After so long without a sign of progress `ffmpeg` is ended, and another way tried. Default 2 min. */
  readonly silenceLimitMs?: number;
  /** From where `sharp` is looked for first. Default: the script of this process; a thread has to be told. */
  readonly scriptPath?: string | undefined;
}

const PROGRESS_INTERVAL_MS = 250;
const SILENCE_LIMIT_MS = 2 * 60_000;
/** After trouble with the disk a blob is let be for so long. */
const TRY_AGAIN_AFTER_MS = 30_000;
/** So many makers may end in the middle of one blob before it is given up. */
const LOST_MAKERS_LIMIT = 20;
/** A path of another machine may mean something here, too, or come to; after this it does not. */
const OTHER_HOST_LIMIT_MS = 24 * 3_600_000;

type Pending = Exclude<BlobState, { readonly state: "ready" | "failed" | "missing" }>;

export class BlobMaker {
  readonly #blobs: BlobFolder;
  readonly #onNews: (news: MakerNews) => void;
  readonly #env: NodeJS.ProcessEnv;
  readonly #silenceLimitMs: number;
  readonly #scriptPath: string | undefined;
  readonly #tryAgainAt = new Map<BlobHash, number>();
  readonly #inWork = new Map<BlobHash, Promise<MakeOutcome>>();
  /** The end of the last one that was asked for: of those one is made at a time, beside the one of `makePending`. */
  #asked: Promise<unknown> = Promise.resolve();

  constructor(blobs: BlobFolder, options: MakerOptions = {}) {
    this.#blobs = blobs;
    this.#onNews = options.onNews ?? (() => undefined);
    this.#env = options.env ?? process.env;
    this.#silenceLimitMs = options.silenceLimitMs ?? SILENCE_LIMIT_MS;
    this.#scriptPath = options.scriptPath ?? process.argv[1];
  }

  /**
   * Makes one blob, after those that were asked for before it; not after what `makePending` is at, which may take minutes.
   * @throws the signal's reason where the making ended before it was done; the blob stays pending.
   */
  make(hash: BlobHash, options: { readonly signal?: AbortSignal } = {}): Promise<MakeOutcome> {
    const made = this.#asked.then(() => this.#makeOnce(hash, options.signal));
    this.#asked = made.catch(() => undefined);
    return made;
  }

  /**
   * Makes all that has been pending for so long, the oldest first, and clears up after makers that are gone.
   * @returns how many are ready or failed now.
   * @throws the signal's reason where the making ended before it was done.
   */
  async makePending(options: {
    readonly olderThanMs: number;
    readonly signal?: AbortSignal;
  }): Promise<number> {
    const nowMs = Date.now();
    putBackLostRemovals(this.#blobs, nowMs);
    let settledCount = 0;
    for (const hash of this.#listPending(nowMs - options.olderThanMs)) {
      if (nowMs < (this.#tryAgainAt.get(hash) ?? 0)) continue;
      const outcome = await this.#makeOnce(hash, options.signal);
      if (outcome === "ready" || outcome === "failed") settledCount += 1;
    }
    return settledCount;
  }

  #listPending(changedBeforeMs: number): BlobHash[] {
    const changedAt = new Map<BlobHash, number>();
    for (const name of readNames(this.#blobs.pendingPath)) {
      const [hash, kind] = name.split(".");
      if (!isBlobHash(hash)) continue;
      if (kind === "making") {
        discardLostClaimUnlessPending(this.#blobs, hash);
        continue;
      }
      const path = `${this.#blobs.pendingPath}/${name}`;
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats !== undefined && stats.mtimeMs <= changedBeforeMs) {
        changedAt.set(hash, stats.mtimeMs);
      }
    }
    const byAge = [...changedAt].sort(([, a], [, b]) => a - b);
    return byAge.map(([hash]) => hash);
  }

  /** Whoever asks for what is in work waits for that. */
  #makeOnce(hash: BlobHash, signal = new AbortController().signal): Promise<MakeOutcome> {
    const inWork = this.#inWork.get(hash);
    if (inWork !== undefined) return inWork;
    const made = this.#make(hash, signal).finally(() => this.#inWork.delete(hash));
    this.#inWork.set(hash, made);
    return made;
  }

  async #make(hash: BlobHash, signal: AbortSignal): Promise<MakeOutcome> {
    signal.throwIfAborted();
    const found = this.#blobs.find(hash);
    if (found.state === "ready") discardPending(this.#blobs, hash);
    if (found.state === "ready" || found.state === "failed" || found.state === "missing") {
      return found.state;
    }
    try {
      const outcome = await this.#settle(hash, found, signal);
      this.#tryAgainAt.delete(hash);
      if (outcome === "ready") this.#onNews({ news: "made", hash });
      return outcome;
    } catch (error) {
      signal.throwIfAborted();
      return this.#notMade(hash, error);
    }
  }

  #settle(hash: BlobHash, found: Pending, signal: AbortSignal): Promise<MakeOutcome> | MakeOutcome {
    switch (found.state) {
      case "given":
        placeReady(this.#blobs, hash, found.path);
        return "ready";
      case "awaited":
        return this.#settleAwaited(found.path);
      case "raw":
      case "path":
        return this.#settleClaimed(hash, found, signal);
    }
  }

  #settleAwaited(path: string): MakeOutcome {
    const { what, process } = readDescriptor<AwaitedDescriptor>(path);
    if (isWriterAlive(process, statSync(path).mtimeMs, Date.now())) return "pending";
    throw new TrackioError(
      "not_found",
      `The process that rendered ${what} ended before it was done; wait for finish() at the end of the script.`,
    );
  }

  async #settleClaimed(hash: BlobHash, found: Pending, signal: AbortSignal): Promise<MakeOutcome> {
    const claim = MakingClaim.take(this.#blobs, hash);
    if (claim === undefined) return "pending";
    const temporary = newTemporaryPath(this.#blobs);
    try {
      if (claim.lostMakers > LOST_MAKERS_LIMIT) {
        throw new TrackioError(
          "internal",
          `${claim.lostMakers} processes ended while they made this; log it smaller.`,
        );
      }
      const making = this.#makingOf(hash, claim, signal);
      if (found.state === "path") {
        await copyLargeFile(readDescriptor<PathDescriptor>(found.path), temporary, making);
      } else await encodeRaw(found.path, temporary, making);
      signal.throwIfAborted();
      placeReady(this.#blobs, hash, temporary);
      return "ready";
    } finally {
      discard(temporary);
      claim.release();
    }
  }

  #makingOf(hash: BlobHash, claim: MakingClaim, signal: AbortSignal): Making {
    let toldMs = performance.now();
    return {
      signal,
      env: this.#env,
      silenceLimitMs: this.#silenceLimitMs,
      scriptPath: this.#scriptPath,
      progress: (done, total) => {
        claim.sign();
        const nowMs = performance.now();
        if (nowMs - toldMs < PROGRESS_INTERVAL_MS) return;
        toldMs = nowMs;
        this.#onNews({ news: "progress", hash, done, total });
      },
      note: (message) => this.#onNews({ news: "note", hash, message }),
    };
  }

  #notMade(hash: BlobHash, error: unknown): MakeOutcome {
    // Taken away under our hands: another maker has made it, or somebody deleted it.
    const found = this.#blobs.find(hash);
    if (found.state === "ready" || found.state === "failed" || found.state === "missing") {
      return found.state;
    }
    // It was moved on while we looked: the next look finds it as it is now.
    if (isMissing(error)) return "pending";
    const isWaiting = found.state === "path" && this.#isOfOtherHost(found.path);
    const explained = explainWriteError(error, this.#blobs.path);
    const reason = explained instanceof Error ? explained.message : String(explained);
    if (!isWaiting && isFinal(explained)) {
      try {
        placeFailed(this.#blobs, hash, reason);
        this.#onNews({ news: "failed", hash, reason });
        return "failed";
      } catch (failing) {
        return this.#leavePending(hash, String(failing));
      }
    }
    return this.#leavePending(hash, reason);
  }

  #leavePending(hash: BlobHash, message: string): MakeOutcome {
    this.#tryAgainAt.set(hash, Date.now() + TRY_AGAIN_AFTER_MS);
    this.#onNews({ news: "trouble", hash, message });
    return "pending";
  }

  #isOfOtherHost(path: string): boolean {
    try {
      const { host } = readDescriptor<PathDescriptor>(path);
      return host !== hostname() && Date.now() - statSync(path).mtimeMs < OTHER_HOST_LIMIT_MS;
    } catch {
      // Damaged, or gone: it is of no host.
      return false;
    }
  }
}

/** Whether it can never be made; what the disk refuses now it may take later. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof TrackioError)) return errorCode(error) === undefined;
  return error.code !== "storage_full" && error.code !== "unavailable";
}

/** @throws {@link TrackioError} `damaged` where it is no JSON; the system's error. */
function readDescriptor<Descriptor>(path: string): Descriptor {
  const text = readFileSync(path, "utf8");
  try {
    return JSON.parse(text) as Descriptor;
  } catch (error) {
    throw new TrackioError("damaged", `The note of what was given is damaged: ${path}.`, {
      cause: error,
    });
  }
}

function discardLostClaimUnlessPending(blobs: BlobFolder, hash: BlobHash): void {
  const { state } = blobs.find(hash);
  if (state === "ready" || state === "failed" || state === "missing") {
    discardLostClaim(blobs, hash);
  }
}

/**
 * The blobs that the sent lines of one journal name, on their way to a server:
 * each is asked for first, so that what is there already is not sent again.
 *
 * Laws: a blob goes after the lines that name it; one that is still to be made
 * here keeps no other waiting; nothing of them but names is held in memory.
 */

import { createReadStream, statSync } from "node:fs";
import { isMissing } from "../../journal/file-errors.ts";
import type { BlobFolder, BlobState } from "../../media/blob-folder.ts";
import { readFailure } from "../../media/failed-blob.ts";
import { hashFile } from "../../media/hash-blob.ts";
import type { BlobHash } from "../../protocol/media.ts";
import { blobNamesIn, NAME_OVERLAP_BYTES } from "./blob-names.ts";
import { type OutgoingJournal, readBytes, unreadable } from "./outgoing-journal.ts";
import { SendTrouble } from "./send-trouble.ts";
import { type RequestBody, reasonOf, type ServerConnection } from "./server-connection.ts";

export interface BlobProgress {
  /** Told of each blob that was sent. */
  readonly onSent?: (sizeBytes: number) => void;
  /** Told of one that the server will not take. */
  readonly onRefused?: (message: string) => void;
}

/** In what form a blob is sent. */
type Upload = { readonly state: "given" | "raw" | "ready" | "failed"; readonly body: RequestBody };

const PIECE_BYTES = 1024 * 1024;
/** So many are asked for at once. */
const QUESTION_SIZE = 500;
const SIDE_BY_SIDE = 4;
/** A picture that is logged again and again is asked for once. */
const MAX_KNOWN = 4_000;
/** So many may wait for their makers before no more lines are looked through. */
const MAX_WAITING = 2_000;
/** Larger numbers are left to the maker of this process for a while: what it makes of them is a tenth as large. */
const LARGE_RAW_BYTES = 256 * 1024;
const MAKER_LIMIT_MS = 60_000;
/** What is still being made is looked for again so much later. */
const MAKER_PAUSE_MS = 300;
/** What the server does not take at its size is tried again so much later. */
const TOO_LARGE_PAUSE_MS = 60_000;

export class OutgoingBlobs {
  readonly #journal: OutgoingJournal;
  readonly #blobs: BlobFolder;
  /** Some that the server has. It keeps them as long as it has this journal's run, and no longer: each journal asks for itself. */
  readonly #known = new Set<BlobHash>();
  readonly #progress: BlobProgress;
  /** Bytes of the journal that were looked through. */
  #seenBytes = 0;
  /** Of the journal, when these were looked through. */
  #seenLosses = 0;
  /** Named, and perhaps not there yet. */
  readonly #named = new Set<BlobHash>();
  /** Of these, those that the server has said that it lacks. */
  readonly #lacking = new Set<BlobHash>();
  readonly #pausedUntilMs = new Map<BlobHash, number>();
  /** Of the lacking ones, those that the server did not take. */
  readonly #refused = new Set<BlobHash>();

  constructor(journal: OutgoingJournal, blobs: BlobFolder, progress: BlobProgress = {}) {
    this.#journal = journal;
    this.#blobs = blobs;
    this.#progress = progress;
  }

  /** Whether all that the sent lines name is there. */
  get isDone(): boolean {
    return this.#named.size === 0 && this.#isAllSeen;
  }

  /** Whether all that is left are blobs that the server did not take. */
  get isStuck(): boolean {
    return this.#isAllSeen && this.#named.size > 0 && this.#refused.size === this.#named.size;
  }

  get #isAllSeen(): boolean {
    const { sentBytes, lossCount } = this.#journal;
    return this.#seenBytes >= sentBytes && this.#seenLosses === lossCount;
  }

  /**
   * Sends what can be sent of the next lines; false where there is nothing to do now.
   * @throws {@link SendTrouble} where it could not be sent now.
   */
  async send(server: ServerConnection, nowMs: number): Promise<boolean> {
    const isNews = this.#named.size < MAX_WAITING && this.#lookOn();
    await this.#ask(server);
    const sendable: [BlobHash, Upload][] = [];
    for (const hash of this.#lacking) {
      if ((this.#pausedUntilMs.get(hash) ?? 0) > nowMs) continue;
      const upload = this.#uploadOf(hash, nowMs);
      if (upload === "nothing") this.#forget(hash);
      else if (upload === "later") {
        this.#pausedUntilMs.set(hash, nowMs + MAKER_PAUSE_MS);
        if (!this.#journal.isOpen) await makeHere(this.#blobs, hash);
      } else sendable.push([hash, upload]);
      if (sendable.length === SIDE_BY_SIDE) break;
    }
    const sent = sendable.map(([hash, upload]) => this.#put(server, hash, upload, nowMs));
    // All of them end before trouble is told: what is cut off by it would be sent twice.
    for (const outcome of await Promise.allSettled(sent)) {
      if (outcome.status === "rejected") throw outcome.reason;
    }
    return isNews || sendable.length > 0;
  }

  /** How many there are still to be sent, of all lines. Looks through those that were not sent. */
  countLeft(): number {
    const left = new Set(this.#named);
    const sizeBytes = this.#journal.sizeBytes() ?? 0;
    for (let from = this.#seenBytes; from < sizeBytes; from += PIECE_BYTES) {
      for (const hash of this.#namesFrom(from, Math.min(sizeBytes, from + PIECE_BYTES))) {
        if (this.#blobs.find(hash).state !== "missing") left.add(hash);
      }
    }
    return left.size;
  }

  /** Looks through some more of what was sent; false where there is no more. */
  #lookOn(): boolean {
    const { sentBytes, lossCount } = this.#journal;
    if (this.#seenLosses !== lossCount) {
      // What lost lines may have lost blobs: each is asked for once more.
      this.#seenLosses = lossCount;
      this.#seenBytes = 0;
      this.#known.clear();
    }
    if (this.#seenBytes >= sentBytes) return false;
    const to = Math.min(sentBytes, this.#seenBytes + PIECE_BYTES);
    for (const hash of this.#namesFrom(this.#seenBytes, to)) {
      if (!this.#known.has(hash)) this.#named.add(hash);
    }
    this.#seenBytes = to;
    return true;
  }

  #namesFrom(from: number, to: number): Set<BlobHash> {
    const begin = Math.max(0, from - NAME_OVERLAP_BYTES);
    try {
      return blobNamesIn(readBytes(this.#journal.route.path, begin, to - begin));
    } catch (error) {
      // Deleted meanwhile: nothing names anything any more.
      if (isMissing(error)) return new Set();
      throw unreadable(this.#journal.route.path, error);
    }
  }

  async #ask(server: ServerConnection): Promise<void> {
    const unasked = [...this.#named].filter((hash) => !this.#lacking.has(hash));
    for (let from = 0; from < unasked.length; from += QUESTION_SIZE) {
      const hashes = unasked.slice(from, from + QUESTION_SIZE);
      const answer = await server.ask("POST", "/api/v1/blobs/missing", { json: { hashes } });
      const missing = (answer.body as { readonly missing?: unknown } | undefined)?.missing;
      if (answer.status !== 200 || !Array.isArray(missing)) {
        const message = `it answers ${answer.status}${reasonOf(answer)}`;
        throw new SendTrouble("away", message, { isAnswered: true });
      }
      for (const hash of hashes) {
        if (missing.includes(hash)) this.#lacking.add(hash);
        else this.#isThere(hash);
      }
    }
  }

  /** In which form it can be sent; `later`: not now, a maker is still to make it; `nothing`: there is none. */
  #uploadOf(hash: BlobHash, nowMs: number): Upload | "later" | "nothing" {
    const found = this.#blobs.find(hash);
    switch (found.state) {
      case "missing":
        return "nothing";
      case "failed": {
        const reason = readFailure(this.#blobs, hash);
        return reason === undefined ? "later" : { state: "failed", body: { json: { reason } } };
      }
      case "path":
      case "awaited":
        return "later";
      case "raw":
        return this.#isWithMaker(found, nowMs) ? "later" : { state: "raw", body: fileBody(found) };
      case "given":
        // What was rendered later has a name of its own that is not of its bytes.
        return { state: isNamedAfter(found.path, hash) ? "given" : "ready", body: fileBody(found) };
      case "ready":
        return { state: "ready", body: fileBody(found) };
    }
  }

  #isWithMaker({ path, sizeBytes }: FoundFile, nowMs: number): boolean {
    if (!this.#journal.isOpen || sizeBytes < LARGE_RAW_BYTES) return false;
    const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    return nowMs - modifiedMs < MAKER_LIMIT_MS;
  }

  async #put(
    server: ServerConnection,
    hash: BlobHash,
    { state, body }: Upload,
    nowMs: number,
  ): Promise<void> {
    try {
      const answer = await server.ask("PUT", `/api/v1/blobs/${hash}?state=${state}`, body);
      if (answer.status === 200) {
        if ("sizeBytes" in body) this.#progress.onSent?.(body.sizeBytes);
        this.#isThere(hash);
      } else this.#refuse(hash, `${answer.status}${reasonOf(answer)}`, nowMs);
    } catch (error) {
      // Made, or moved on by a maker, in this moment: the next look finds it.
      if (error instanceof SendTrouble && error.kind === "local") return;
      if (!(error instanceof SendTrouble) || error.kind !== "too-large") throw error;
      this.#refuse(hash, error.message, nowMs);
    }
  }

  #refuse(hash: BlobHash, reason: string, nowMs: number): void {
    this.#pausedUntilMs.set(hash, nowMs + TOO_LARGE_PAUSE_MS);
    this.#refused.add(hash);
    this.#progress.onRefused?.(`it does not take the blob ${hash}: ${reason}`);
  }

  #isThere(hash: BlobHash): void {
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(hash);
    this.#forget(hash);
  }

  #forget(hash: BlobHash): void {
    this.#named.delete(hash);
    this.#lacking.delete(hash);
    this.#pausedUntilMs.delete(hash);
    this.#refused.delete(hash);
  }
}

/** What a script left to its maker when it ended: that may be gone by now. Another that is at it is let be. */
async function makeHere(blobs: BlobFolder, hash: BlobHash): Promise<void> {
  const { BlobMaker } = await import("../../media/blob-maker.ts");
  await new BlobMaker(blobs).make(hash);
}

type FoundFile = Extract<BlobState, { readonly sizeBytes: number }>;

function fileBody({ path, sizeBytes }: FoundFile): RequestBody {
  return {
    sizeBytes,
    // Not the whole of a large file in memory: 64 KB pieces, as the connection takes them.
    open: () => createReadStream(path, sizeBytes === 0 ? {} : { end: sizeBytes - 1 }),
  };
}

function isNamedAfter(path: string, hash: BlobHash): boolean {
  try {
    return hashFile(path).hash === hash;
  } catch {
    // Moved on by a maker: opening it says so.
    return true;
  }
}

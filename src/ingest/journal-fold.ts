/** How far one journal is folded, and its next piece. */

import type { DataFolder } from "../journal/data-folder.ts";
import {
  createJournalCursor,
  type JournalCursor,
  type JournalPiece,
  openJournalCursor,
  readJournal,
} from "../journal/journal-reader.ts";
import type { JournalFile } from "../journal/list-journals.ts";
import { isWriterAlive } from "../journal/process-liveness.ts";
import { renameRun } from "../journal/run-head.ts";
import { TrackioError } from "../protocol/errors.ts";
import { decodeValue } from "../protocol/values.ts";
import type { FoldBatch, FoldOutcome, Store } from "../store/store.ts";
import { createFoldBatch } from "./fold-batch.ts";
import type { FoldChange, SkippedJournal } from "./fold-report.ts";
import { type JournalOrigin, journalOrigin } from "./journal-origin.ts";
import type { RunEnds } from "./run-ends.ts";

/** What one step of a fold did. `more`: there was more on disk when it began. */
export interface FoldStep {
  readonly bytes: number;
  readonly more: boolean;
  readonly change?: FoldChange;
}

const FIRST_PIECE_BYTES = 256 * 1024;
/** Most headers are shorter. */
const HEADER_BYTES = 4 * 1024;
const NOTHING: FoldStep = { bytes: 0, more: false };

export class JournalFold {
  file: JournalFile;
  /** Why it is left as it is. */
  skipped: SkippedJournal | undefined;
  readonly #folder: DataFolder;
  readonly #store: Store;
  readonly #runEnds: RunEnds;
  readonly #now: () => number;
  #offset: number | undefined;
  #cursor: JournalCursor | undefined;
  #knownOrigin: JournalOrigin | undefined;
  /** Whether its last line is the run's end, or tells that the writer has left; undefined where it was not read here. */
  #lastWord: "end" | "closed" | "none" | undefined;
  #pieceBytes = FIRST_PIECE_BYTES;
  /** Size at which nothing but a torn line was left. */
  #tornSize = -1;

  constructor(
    folder: DataFolder,
    store: Store,
    runEnds: RunEnds,
    file: JournalFile,
    now: () => number,
  ) {
    this.#folder = folder;
    this.#store = store;
    this.#runEnds = runEnds;
    this.file = file;
    this.#now = now;
  }

  /** Takes note of the file as it is now. */
  grown(sizeBytes: number, modifiedMs: number): void {
    if (sizeBytes === this.file.sizeBytes && modifiedMs === this.file.modifiedMs) return;
    this.file = { ...this.file, sizeBytes, modifiedMs };
    // The system's own trouble may be over; a newer format or a deleted run stays.
    if (this.skipped?.code === "unreadable") this.skipped = undefined;
  }

  /** Bytes that are not folded yet. */
  async pendingBytes(): Promise<number> {
    if (this.skipped !== undefined) return 0;
    this.#offset ??= await this.#store.offset(this.file.source);
    return Math.max(0, this.file.sizeBytes - this.#offset);
  }

  /** Folds the next piece: a small one first, told soon, then larger and larger ones up to `mostBytes`. */
  async foldPiece(mostBytes: number): Promise<FoldStep> {
    const step = await this.#foldNext(Math.min(mostBytes, this.#pieceBytes));
    this.#pieceBytes = step.more ? Math.min(mostBytes, this.#pieceBytes * 2) : FIRST_PIECE_BYTES;
    return step;
  }

  async #foldNext(pieceBytes: number): Promise<FoldStep> {
    if ((await this.pendingBytes()) === 0) return NOTHING;
    if (this.file.sizeBytes === this.#tornSize && this.isWriterAlive()) return NOTHING;
    let piece: JournalPiece | undefined;
    try {
      piece = this.#readPiece(pieceBytes);
    } catch (error) {
      return this.#skip(error);
    }
    return piece === undefined ? NOTHING : await this.#fold(piece);
  }

  /** Whether the process that writes it is there. */
  isWriterAlive(): boolean {
    const { writer } = this.#origin();
    return isWriterAlive(writer, this.file.modifiedMs, this.#now());
  }

  /** Whether all of it is folded, and nobody will add to it. */
  isComplete(): boolean {
    return this.#isFolded(() => !this.isWriterAlive() || this.#saidLast() !== "none");
  }

  /**
   * Whether all of it is folded and its writer has left, while its run has not ended and may never: the writer said so, or
   * is gone and had no word for it.
   */
  isLeft(): boolean {
    return this.#isFolded(
      () => this.#lastWord === "closed" || (this.#origin().isWithoutEnd && !this.isWriterAlive()),
    );
  }

  /** Whether all of it is folded and `isAlso`. One that cannot be read stays. */
  #isFolded(isAlso: () => boolean): boolean {
    if (this.skipped !== undefined || this.#offset === undefined) return false;
    if (this.#offset < this.file.sizeBytes) return false;
    try {
      return isAlso();
    } catch (error) {
      this.#skip(error);
      return false;
    }
  }

  #saidLast(): "end" | "closed" | "none" {
    return this.#lastWord ?? this.#readLastWord();
  }

  #readLastWord(): "end" | "closed" | "none" {
    const cursor = createJournalCursor();
    for (let piece = readJournal(this.file.path, cursor); piece.to > piece.from; ) {
      this.#noteLastWord(piece);
      piece = readJournal(this.file.path, cursor);
    }
    this.#lastWord ??= "none";
    return this.#lastWord;
  }

  /** Read once: what changes of a run is told by other lines. */
  #origin(): JournalOrigin {
    if (this.#knownOrigin !== undefined) return this.#knownOrigin;
    const cursor = createJournalCursor();
    readJournal(this.file.path, cursor, HEADER_BYTES);
    const origin = journalOrigin(this.#folder, this.file, cursor.header);
    // Without a whole first line yet, the next look may know better.
    if (cursor.offset > 0) this.#knownOrigin = origin;
    return origin;
  }

  /** Whole lines, or what is torn at the end where nobody will complete it. */
  #readPiece(pieceBytes: number): JournalPiece | undefined {
    const offset = this.#offset ?? 0;
    this.#cursor ??= openJournalCursor(this.file.path, offset);
    // Of a journal that is sent here, the rest may come of a line that was taken for torn: it is read whole.
    const isHealed = this.#cursor.offset < offset;
    // A server has hundreds that grow by a little: no more memory is taken than there is to read.
    const waitingBytes = this.file.sizeBytes - this.#cursor.offset;
    const piece = readJournal(this.file.path, this.#cursor, Math.min(pieceBytes, waitingBytes + 1));
    if (piece.to > piece.from) {
      return isHealed ? { ...piece, from: offset, damagedLines: piece.damagedLines - 1 } : piece;
    }
    if (piece.tornBytes === 0) return undefined;
    this.#tornSize = piece.from + piece.tornBytes;
    if (this.isWriterAlive()) return undefined;
    this.#cursor = undefined;
    return { ...piece, from: offset, to: this.#tornSize, damagedLines: isHealed ? 0 : 1 };
  }

  async #fold(piece: JournalPiece): Promise<FoldStep> {
    let batch: FoldBatch;
    let outcome: FoldOutcome;
    try {
      batch = createFoldBatch(this.file, this.#origin(), piece, await this.#runEndedAt());
      outcome = await this.#store.fold(batch);
    } catch (error) {
      this.#cursor = undefined;
      // The store's own trouble is everybody's; what it cannot take of one journal is that journal's.
      if (!(error instanceof TrackioError) || isOfOneJournal(error)) return this.#skip(error);
      throw error;
    }
    if (outcome.outcome === "folded") return this.#folded(piece, batch, outcome);
    if (outcome.outcome === "moved") return this.#moved(batch, outcome.offset);
    const leftBytes = this.file.sizeBytes - piece.from;
    return this.#skip(
      new TrackioError(
        "deleted",
        `Run "${batch.run.name}" (${this.file.id}) was deleted; ${leftBytes} bytes of its journal ${this.file.source} are skipped.`,
      ),
    );
  }

  async #runEndedAt(): Promise<number | undefined> {
    // After an end of its own, whatever follows is life, whatever time it bears.
    if (this.#lastWord === "end") return Number.NEGATIVE_INFINITY;
    return await this.#runEnds.endedAt(this.file.key, this.file.id);
  }

  #folded(
    piece: JournalPiece,
    batch: FoldBatch,
    outcome: FoldOutcome & { readonly outcome: "folded" },
  ): FoldStep {
    this.#offset = batch.to;
    this.#noteLastWord(piece);
    const { key, id } = this.file;
    if (batch.name !== undefined) renameRun(this.#folder, key, id, batch.name);
    if (batch.end === "running") this.#runEnds.note(key, id, undefined);
    else if (batch.end !== undefined) this.#runEnds.note(key, id, batch.seenAt);
    const change: FoldChange = {
      project: key,
      run: id,
      // Charts show records of `log()`.
      ...(outcome.from === undefined || batch.lane !== undefined ? {} : { from: outcome.from }),
      newKeys: outcome.newKeys && batch.lane === undefined,
      ...(outcome.media === undefined ? {} : { media: outcome.media }),
      facts:
        batch.from === 0 ||
        batch.config !== undefined ||
        batch.summary !== undefined ||
        batch.end !== undefined ||
        batch.alerts !== undefined ||
        batch.name !== undefined ||
        batch.closed === true,
    };
    return { bytes: batch.to - batch.from, more: this.file.sizeBytes > batch.to, change };
  }

  /** Another folder was here: what it folded is told on, as far as it can be known. */
  #moved(batch: FoldBatch, offset: number): FoldStep {
    this.#offset = offset;
    this.#cursor = undefined;
    this.#lastWord = undefined;
    const { key, id } = this.file;
    this.#runEnds.forget(key, id);
    return {
      bytes: 0,
      more: true,
      change: { project: key, run: id, ...lowest(batch), newKeys: true, media: true, facts: true },
    };
  }

  #noteLastWord(piece: JournalPiece): void {
    const last = piece.entries.at(-1);
    if (last === undefined) return;
    const { end, closed } = last.kind === "event" ? last.event : {};
    this.#lastWord = end !== undefined ? "end" : closed === true ? "closed" : "none";
  }

  /** A journal's own trouble is noted, and keeps no other waiting. */
  #skip(error: unknown): FoldStep {
    const { source } = this.file;
    if (error instanceof TrackioError) {
      this.skipped = { source, code: error.code, reason: error.message };
    } else {
      const why = error instanceof Error ? error.message : String(error);
      const isSystem = error instanceof Error && "syscall" in error;
      const reason = `The journal ${source} cannot be folded and stays as it is: ${why}.`;
      this.skipped = { source, code: isSystem ? "unreadable" : "internal", reason };
    }
    return NOTHING;
  }
}

function isOfOneJournal({ code }: TrackioError): boolean {
  return code === "damaged" || code === "invalid_argument";
}

function lowest(batch: FoldBatch): { from?: { step: number; time: number } } {
  let step = Number.POSITIVE_INFINITY;
  let time = Number.POSITIVE_INFINITY;
  for (const block of batch.blocks) {
    for (let i = 0; i < block.count; i++) {
      const value = block.steps.values[i]!;
      // A step that the store told is not known here; 0 is below most.
      const number = Number(typeof value === "number" ? value : decodeValue(value));
      if (number < step) step = number;
      if (block.times[i]! < time) time = block.times[i]!;
    }
  }
  return step === Number.POSITIVE_INFINITY ? {} : { from: { step, time } };
}

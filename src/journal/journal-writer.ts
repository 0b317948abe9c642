/**
 * Writes one journal: one `write(2)` per call, appended by the system, so that
 * what a call returned from is in the kernel's hands and outlives the process.
 * A script has one for its run; a server one for each run and lane that a
 * Trackio client logs to, and appends a whole batch at once.
 *
 * Laws: a file has one writer; a line is never changed; after a write that
 * stopped half way the next one begins on a new line, so that it costs no line
 * but its own; of a batch that failed a beginning may be there, line by line;
 * a new journal touches the `runs` folder of its project. The methods throw
 * the system's errors; the caller decides.
 */

import {
  closeSync,
  constants,
  existsSync,
  fsync,
  fsyncSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import {
  type EventLine,
  type HeaderLine,
  JOURNAL_VERSION,
  type KeyPath,
} from "../protocol/journal-line.ts";
import type { Json } from "../protocol/json.ts";
import type { Lane, Writer } from "../protocol/run.ts";
import type { DataFolder } from "./data-folder.ts";
import { errorCode } from "./file-errors.ts";
import { currentWriterProcess } from "./process-liveness.ts";
import { touchRuns } from "./touch-runs.ts";

/** Keys of a record, in order, as one journal names them. Made by {@link JournalWriter.keySet}. */
export interface KeySet {
  readonly keys: readonly KeyPath[];
  /** Whether each record has an id behind its values. */
  readonly ids: boolean;
  /** Undefined until its line is written. */
  number: number | undefined;
}

/**
 * A record before its first field, the key set's number, is known; the writer fills it in. A step `null` is one more than
 * the run's highest, as whoever folds finds it. Where the set has `ids`, the id, a text, is the last field.
 */
export type RecordFields = [set: number, step: Json, timeMs: number, ...values: Json[]];

export class JournalWriter {
  readonly writer: Writer;
  readonly path: string;
  /** Bytes in the file so far. */
  sizeBytes = 0;
  #fd: number;
  #isTorn = false;
  #isParked = false;
  /** Descriptors that are being brought to the disk, and how often. */
  readonly #syncing = new Map<number, number>();
  #nextSet = 0;
  readonly #sets = new Map<string, KeySet>();

  /**
   * Begins a journal of the run, or of its `lane`, with its header. The run's folder is there: `createRun` made it, and
   * `makeProjectLane` that of the lane `project`.
   * @throws the system's error where the file cannot be made.
   */
  static create(folder: DataFolder, header: Omit<HeaderLine, "trackio" | "writer">): JournalWriter {
    const { run, time, lane } = header;
    for (;;) {
      const writer: Writer = { id: createWriterId(time, lane), ...currentWriterProcess() };
      const path = folder.journalFile(run.projectKey, run.id, writer.id);
      try {
        const journal = new JournalWriter(writer, path, openSync(path, "ax"));
        journal.#begin(header);
        touchRuns(folder.runsFolder(run.projectKey));
        return journal;
      } catch (error) {
        if (errorCode(error) !== "EEXIST") throw error;
      }
    }
  }

  private constructor(writer: Writer, path: string, fd: number) {
    this.writer = writer;
    this.path = path;
    this.#fd = fd;
  }

  /** Whether the file is no longer there: its run was deleted, and what is appended goes nowhere. */
  get isGone(): boolean {
    return !existsSync(this.path);
  }

  /** The key set of these keys in this order, with or without ids; the same object for the same keys. */
  keySet(keys: readonly KeyPath[], { ids = false }: { readonly ids?: boolean } = {}): KeySet {
    const name = ids ? `ids ${JSON.stringify(keys)}` : JSON.stringify(keys);
    let set = this.#sets.get(name);
    if (set === undefined) {
      set = { keys, ids, number: undefined };
      this.#sets.set(name, set);
    }
    return set;
  }

  /** Appends a record of `set`; the set's own line goes with its first record in one write. */
  append(set: KeySet, record: RecordFields): void {
    if (set.number === undefined) {
      this.#appendFirst(set, record);
      return;
    }
    record[0] = set.number;
    this.#write(`${JSON.stringify(record)}\n`);
  }

  appendEvent(event: EventLine): void {
    this.#write(eventText(event));
  }

  /** Gives a set without a number its own, and the text of its line, which stands before its first record in what is appended next. */
  nameSet(set: KeySet): string {
    set.number = this.#nextSet++;
    return keySetText(set, set.number);
  }

  /**
   * Appends whole lines that the caller has spelled by one write.
   * @param named Sets whose lines are among them; where it throws, they have no numbers again.
   */
  appendLines(lines: string | Buffer, named: readonly KeySet[] = []): void {
    const bytes = typeof lines === "string" ? Buffer.from(lines) : lines;
    try {
      this.#writeBytes(this.#isTorn ? Buffer.concat([Buffer.from("\n"), bytes]) : bytes);
    } catch (error) {
      for (const set of named) set.number = undefined;
      throw error;
    }
  }

  /** Returns when all that was appended is on the disk itself. */
  sync(): void {
    fsyncSync(this.#fd);
  }

  /** The same without holding the thread. A file that is closed meanwhile is given back when it is done. */
  async syncLater(): Promise<void> {
    const fd = this.#fd;
    if (fd < 0) return;
    this.#syncing.set(fd, (this.#syncing.get(fd) ?? 0) + 1);
    try {
      await new Promise<void>((resolve, reject) => {
        fsync(fd, (error) => (error === null ? resolve() : reject(error)));
      });
    } finally {
      const others = this.#syncing.get(fd)! - 1;
      if (others > 0) this.#syncing.set(fd, others);
      else {
        this.#syncing.delete(fd);
        if (this.#fd !== fd) closeSync(fd);
      }
    }
  }

  /** Gives the file back until something is appended again. */
  park(): void {
    this.close();
    this.#isParked = true;
  }

  /** Gives the file back. Nothing can be appended after it. */
  close(): void {
    this.#isParked = false;
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    if (!this.#syncing.has(fd)) closeSync(fd);
  }

  #begin(header: Omit<HeaderLine, "trackio" | "writer">): void {
    const { run, ...rest } = header;
    const line = { trackio: JOURNAL_VERSION, run, writer: this.writer, ...rest };
    try {
      this.#write(`${JSON.stringify(line)}\n`);
    } catch (error) {
      this.close();
      rmSync(this.path, { force: true });
      throw error;
    }
  }

  #appendFirst(set: KeySet, record: RecordFields): void {
    // A number whose line failed half way is not used again: the line may be there.
    const number = this.#nextSet++;
    record[0] = number;
    this.#write(`${keySetText(set, number)}${JSON.stringify(record)}\n`);
    set.number = number;
  }

  #write(lines: string): void {
    const text = this.#isTorn ? `\n${lines}` : lines;
    const written = this.#writeSome(text);
    this.sizeBytes += written;
    if (written === Buffer.byteLength(text)) this.#isTorn = false;
    else this.#writeRest(Buffer.from(text), written);
  }

  #writeBytes(bytes: Buffer): void {
    const written = this.#writeSome(bytes);
    this.sizeBytes += written;
    if (written === bytes.length) this.#isTorn = false;
    else this.#writeRest(bytes, written);
  }

  #writeSome(lines: string | Buffer): number {
    if (this.#isParked) {
      // Not made anew where it is gone with its run.
      this.#fd = openSync(this.path, constants.O_WRONLY | constants.O_APPEND);
      this.#isParked = false;
    }
    // Two overloads of `writeSync`, one call.
    const write = (): number =>
      typeof lines === "string" ? writeSync(this.#fd, lines) : writeSync(this.#fd, lines);
    try {
      return write();
    } catch (error) {
      if (errorCode(error) !== "EBADF" || this.#fd < 0) throw error;
      // The script closed a descriptor that was not its own.
      this.#fd = openSync(this.path, "a");
      return write();
    }
  }

  #writeRest(bytes: Buffer, writtenBytes: number): void {
    this.#isTorn = true;
    for (let from = writtenBytes; from < bytes.length; ) {
      const written = writeSync(this.#fd, bytes, from);
      this.sizeBytes += written;
      from += written;
    }
    this.#isTorn = false;
  }
}

function eventText(event: EventLine): string {
  return `${JSON.stringify(event)}\n`;
}

function keySetText({ keys, ids }: KeySet, number: number): string {
  return `${JSON.stringify(ids ? { set: number, keys, ids } : { set: number, keys })}\n`;
}

/** Sorts by time, so that the journals of a run stand in the order in which they were begun. Names the lane, for when the header is damaged. */
function createWriterId(timeMs: number, lane: Lane | undefined): string {
  const time = Math.floor(timeMs).toString(36).padStart(9, "0");
  const salt = Math.floor(Math.random() * 36 ** 8).toString(36);
  const id = `${time}-${salt.padStart(8, "0")}`;
  return lane === undefined ? id : `${id}-${lane}`;
}

/**
 * Writes one journal: one `write(2)` per call, appended by the system, so that
 * what a call returned from is in the kernel's hands and outlives the process.
 *
 * Laws: a file has one writer; a line is never changed; after a write that
 * stopped half way the next one begins on a new line, so that it costs no line
 * but its own; a new journal touches the `runs` folder of its project. The
 * methods throw the system's errors; the caller decides.
 */

import { closeSync, fsyncSync, openSync, rmSync, utimesSync, writeSync } from "node:fs";
import {
  type EventLine,
  type HeaderLine,
  JOURNAL_VERSION,
  type KeyPath,
} from "../protocol/journal-line.ts";
import type { Writer } from "../protocol/run.ts";
import type { Json } from "../protocol/values.ts";
import type { DataFolder } from "./data-folder.ts";
import { errorCode } from "./file-errors.ts";
import { currentWriterProcess } from "./process-liveness.ts";

/** Keys of a record, in order, as one journal names them. Made by {@link JournalWriter.keySet}. */
export interface KeySet {
  readonly keys: readonly KeyPath[];
  /** Undefined until its line is written. */
  number: number | undefined;
}

/** A record before its first field, the key set's number, is known; the writer fills it in. */
export type RecordFields = [set: number, step: Json, timeMs: number, ...values: Json[]];

export class JournalWriter {
  readonly writer: Writer;
  readonly path: string;
  /** Bytes in the file so far. */
  sizeBytes = 0;
  #fd: number;
  #isTorn = false;
  #nextSet = 0;
  readonly #sets = new Map<string, KeySet>();

  /**
   * Begins a journal of the run with its header.
   * @throws the system's error where the file cannot be made.
   */
  static create(folder: DataFolder, header: Omit<HeaderLine, "trackio" | "writer">): JournalWriter {
    const { run, time } = header;
    for (;;) {
      const writer: Writer = { id: createWriterId(time), ...currentWriterProcess() };
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

  /** The key set of these keys in this order; the same object for the same keys. */
  keySet(keys: readonly KeyPath[]): KeySet {
    const name = JSON.stringify(keys);
    let set = this.#sets.get(name);
    if (set === undefined) {
      set = { keys, number: undefined };
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
    this.#write(`${JSON.stringify(event)}\n`);
  }

  /** Returns when all that was appended is on the disk itself. */
  sync(): void {
    fsyncSync(this.#fd);
  }

  /** Gives the file back. Nothing can be appended after it. */
  close(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    closeSync(fd);
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
    const line = JSON.stringify({ set: number, keys: set.keys });
    this.#write(`${line}\n${JSON.stringify(record)}\n`);
    set.number = number;
  }

  #write(lines: string): void {
    const text = this.#isTorn ? `\n${lines}` : lines;
    const written = this.#writeSome(text);
    this.sizeBytes += written;
    if (written === Buffer.byteLength(text)) this.#isTorn = false;
    else this.#writeRest(Buffer.from(text), written);
  }

  #writeSome(text: string): number {
    try {
      return writeSync(this.#fd, text);
    } catch (error) {
      if (errorCode(error) !== "EBADF" || this.#fd < 0) throw error;
      // The script closed a descriptor that was not its own.
      this.#fd = openSync(this.path, "a");
      return writeSync(this.#fd, text);
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

/** Sorts by time, so that the journals of a run stand in the order in which they were begun. */
function createWriterId(timeMs: number): string {
  const time = Math.floor(timeMs).toString(36).padStart(9, "0");
  const salt = Math.floor(Math.random() * 36 ** 8).toString(36);
  return `${time}-${salt.padStart(8, "0")}`;
}

/** Lets whoever folds see a new journal, also of an old run, by looking at one folder a project. */
function touchRuns(runsFolder: string): void {
  const now = Date.now() / 1000;
  try {
    utimesSync(runsFolder, now, now);
  } catch (error) {
    // A folder of another user: the journal is found when all are looked through.
    if (errorCode(error) === undefined) throw error;
  }
}

/**
 * A journal that is written on another machine and sent here by its bytes.
 * Whoever sends says from which byte on; what fits is appended, all else is
 * answered with how much is here, so that a sender that was cut off, or sends
 * twice, goes on where it has to. The file is the sender's, byte for byte, and
 * is folded like any other.
 *
 * Laws: only whole lines are kept, and what is answered is on the disk itself;
 * a run is made with a number of this machine; a clock that is ahead there
 * puts nothing into the future here; a deleted run is refused; no file stays
 * open between two calls; calls of one process never interleave, and what
 * another process changed meanwhile is seen.
 */

import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { TrackioError } from "../protocol/errors.ts";
import { parseRunId } from "../protocol/ids.ts";
import type { HeaderLine } from "../protocol/journal-line.ts";
import type { DataFolder } from "./data-folder.ts";
import { explainWriteError, isMissing } from "./file-errors.ts";
import type { RunHead } from "./head-file.ts";
import { inTurn } from "./in-turn.ts";
import { lineStart } from "./line-start.ts";
import { factsOf, type JournalAddress, readReceivedHeader } from "./received-header.ts";
import { createRun, isMarkedDeleted, readHead, updateHead } from "./run-head.ts";
import { touchRuns } from "./touch-runs.ts";

/** The bytes do not begin where the journal here ends. */
export class JournalOffsetError extends TrackioError {
  /** Bytes that are here; the sender goes on from there. */
  readonly size: number;

  constructor(offset: number, size: number) {
    super("conflict", `Byte ${offset} does not follow: ${size} bytes of the journal are here.`);
    this.size = size;
  }
}

const WRITER_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const LONGEST_WRITER_ID = 100;
const NEWLINE = 0x0a;
const GO_ON = constants.O_RDWR | constants.O_APPEND;
const BEGIN = GO_ON | constants.O_CREAT;

const sync = promisify(fdatasync);

/**
 * The journal at `address`; touches no disk.
 * @throws {@link TrackioError} `invalid_argument` where the run's or the writer's id is none.
 */
export function openReceivedJournal(folder: DataFolder, address: JournalAddress): ReceivedJournal {
  const { run, writer } = address;
  parseRunId(run, "run");
  if (!WRITER_ID.test(writer) || writer.length > LONGEST_WRITER_ID) {
    throw new TrackioError(
      "invalid_argument",
      `writer is ${JSON.stringify(writer.slice(0, 40))}; a writer's id has small letters, digits and single hyphens.`,
    );
  }
  return new ReceivedJournal(folder, address);
}

export class ReceivedJournal {
  readonly path: string;
  readonly #folder: DataFolder;
  readonly #address: JournalAddress;

  /** Use {@link openReceivedJournal}. */
  constructor(folder: DataFolder, address: JournalAddress) {
    this.#folder = folder;
    this.#address = address;
    this.path = folder.journalFile(address.projectKey, address.run, address.writer);
  }

  /**
   * Bytes that are here, in whole lines; 0 where there is no such journal: none came yet, or it was removed since its run
   * has ended and all of it is folded. Sending it again from its first byte does no harm.
   * @throws {@link TrackioError} `deleted` where the run was deleted.
   */
  size(): number {
    this.#checkNotDeleted();
    return wholeSize(this.path);
  }

  /**
   * Appends `bytes`, which begin at byte `offset` of the sender's file, up to their last newline; an unfinished line is to
   * be sent again with its rest. Without bytes it is a sign of life.
   * @returns How many bytes are here, which may be less than was sent.
   * @throws {@link JournalOffsetError} where they do not fit; {@link TrackioError} `invalid_argument` for a first line that is
   *   no header for this address, `not_found` where it demands a run that is not here, `deleted`, `storage_full`, `unavailable`.
   */
  async append(offset: number, bytes: Uint8Array): Promise<{ readonly size: number }> {
    try {
      // The first bytes make the run.
      const isBeginning = offset === 0 && bytes.length > 0;
      const { size, fd } = isBeginning
        ? await inTurn(() => this.#append(offset, bytes))
        : this.#append(offset, bytes);
      if (fd !== undefined) await sync(fd).finally(() => closeSync(fd));
      return { size };
    } catch (error) {
      throw explainWriteError(error, this.#folder.root);
    }
  }

  /** All that must not be interrupted; what is left is to bring `fd` to the disk and to close it. */
  #append(
    offset: number,
    bytes: Uint8Array,
  ): { readonly size: number; readonly fd?: number | undefined } {
    const size = this.size();
    if (bytes.length === 0) {
      if (size > 0) touch(this.path);
      return { size };
    }
    if (offset !== size) throw new JournalOffsetError(offset, size);
    const lines = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
    if (lines.length === 0) return { size };
    if (size === 0) this.#beginRun(lines);
    const fd = this.#open(offset);
    try {
      appendAt(fd, size, lines);
      // A deletion, or the removal of a journal that was silent for long, came in between.
      if (!isAt(fd, this.path)) throw new JournalOffsetError(offset, 0);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    if (size === 0) touchRuns(this.#folder.runsFolder(this.#address.projectKey));
    return { size: size + lines.length, fd };
  }

  /** For appending at `offset`; made only where it begins. */
  #open(offset: number): number {
    try {
      return openSync(this.path, offset === 0 ? BEGIN : GO_ON);
    } catch (error) {
      if (offset > 0 && isMissing(error)) throw new JournalOffsetError(offset, 0);
      throw error;
    }
  }

  #beginRun(lines: Uint8Array): void {
    const { projectKey, run } = this.#address;
    const header = readReceivedHeader(lines.subarray(0, lines.indexOf(NEWLINE)), this.#address);
    const head = readHead(this.#folder, projectKey, run);
    if (head === undefined) this.#createRun(header);
    else updateHead(this.#folder, projectKey, run, (before) => headWith(before, header));
  }

  #createRun(header: HeaderLine): void {
    const { projectKey, run: id } = this.#address;
    const { project, name } = header.run;
    const createdAt = Math.min(header.run.createdAt, Date.now());
    if (header.resumed === "must") {
      throw new TrackioError(
        "not_found",
        `No run "${id}" in project "${project}" on this server, and the script goes on with one only where it is there.`,
      );
    }
    const { config = {}, ...facts } = factsOf(header);
    try {
      createRun(this.#folder, { id, projectKey, project, name, config, ...facts }, createdAt);
    } catch (error) {
      // Another process of this machine made it at this moment.
      if (!(error instanceof TrackioError && error.code === "conflict")) throw error;
    }
  }

  #checkNotDeleted(): void {
    const { projectKey, run } = this.#address;
    if (!isMarkedDeleted(this.#folder, projectKey, run)) return;
    throw new TrackioError(
      "deleted",
      `Run "${run}" of project "${projectKey}" was deleted on this server.`,
    );
  }
}

/** The head of a run that another journal goes on with. What a later journal has said stays. */
function headWith(head: RunHead, header: HeaderLine): RunHead {
  const updatedAt = Math.min(header.time, Date.now());
  if (updatedAt < head.updatedAt) return head;
  const { end: _, ...rest } = head;
  const { config = head.config } = factsOf(header);
  return { ...rest, config, state: "running", updatedAt };
}

/** Appends to a file that is, in whole lines, `size` bytes long; all or nothing, as far as the disk lets it. */
function appendAt(fd: number, size: number, lines: Uint8Array): void {
  // What a power cut left of a line comes again, whole.
  if (fstatSync(fd).size > size) ftruncateSync(fd, size);
  try {
    for (let from = 0; from < lines.length; ) from += writeSync(fd, lines, from);
  } catch (error) {
    ftruncateSync(fd, size);
    throw error;
  }
}

function isAt(fd: number, path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.ino === fstatSync(fd).ino;
}

/** Bytes up to the last newline; 0 where there is no file. */
function wholeSize(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
  try {
    return lineStart(fd, fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}

function touch(path: string): void {
  const now = Date.now() / 1000;
  utimesSync(path, now, now);
}

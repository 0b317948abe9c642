/**
 * A journal on its way to a server: which bytes of it are there, and which of
 * the blobs that they name. The file is read in pieces, as it grows, and never
 * changed; the server says what it has.
 *
 * Laws: a byte is sent at its offset, so that none is there twice, whatever was
 * cut off where; what is not known to be there is sent again.
 */

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { isMissing } from "../../journal/file-errors.ts";
import { type RemoteMark, readRemoteMark, writeRemoteMark } from "../../journal/remote-mark.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { SendTrouble } from "./send-trouble.ts";
import { type Answer, reasonOf, type ServerConnection } from "./server-connection.ts";

/** Which journal goes where; plain data, so that it crosses threads. */
export interface JournalRoute {
  /** The journal's file. */
  readonly path: string;
  /** Of the data folder. */
  readonly root: string;
  readonly serverUrl: string;
  readonly project: string;
  readonly run: string;
  readonly writer: string;
  /** Whether the script goes on with a run that the server has to have. */
  readonly mustExist: boolean;
  /** When its writer, which is gone, gave its last sign; absent where it is this process. Epoch milliseconds. */
  readonly lastSignMs?: number;
}

/** `moved`: more may be there to be sent; `learned`: so, too, since the server has another number of bytes than was known; `waiting`: all whole lines are there; `refused`: the server will never take it, and said why. */
export type LineStep = "moved" | "learned" | "waiting" | "refused" | "gone";

/** What the server said against the journal for good. */
export interface Refusal {
  readonly code: Extract<ErrorCode, "deleted" | "not_found" | "invalid_argument" | "conflict">;
  readonly message: string;
}

const PIECE_BYTES = 1024 * 1024;
/** Whoever stands between takes smaller bodies only; less than this nobody refuses. */
const LEAST_PIECE_BYTES = 16 * 1024;
const MARK_EVERY_MS = 1_000;
const NEWLINE = 0x0a;

export class OutgoingJournal {
  readonly route: JournalRoute;
  /** Bytes that the server has. */
  sentBytes: number;
  /** Whether its script may still write to it. */
  isOpen: boolean;
  /** Whether the server has every whole line, and no more will come. */
  isAllSent = false;
  /** How often the server turned out to have less than it had said: it began anew, or from a backup. */
  lossCount = 0;
  /** Whether the server has answered for it since this object was made. */
  isKnownThere = false;
  refusal: Refusal | undefined;
  #pieceBytes = PIECE_BYTES;
  #signedMs: number;
  #markedMs = 0;
  #markedBytes: number;

  constructor(route: JournalRoute, options: { readonly isOpen: boolean; readonly nowMs: number }) {
    const mark = readMark(route.path);
    // Of a mark for another server only the place counts.
    const sentBytes = mark?.serverUrl === route.serverUrl ? mark.sentBytes : 0;
    this.route = route;
    this.isOpen = options.isOpen;
    this.sentBytes = sentBytes;
    this.#markedBytes = sentBytes;
    this.#signedMs = options.nowMs;
  }

  /** Bytes in the file; undefined where it is gone. */
  sizeBytes(): number | undefined {
    return statSync(this.route.path, { throwIfNoEntry: false })?.size;
  }

  /**
   * Sends the next bytes, or a sign of life where there are none and the last was long ago.
   * @throws {@link SendTrouble} where they could not be sent now.
   */
  async sendLines(
    server: ServerConnection,
    options: { readonly nowMs: number; readonly signIntervalMs: number },
  ): Promise<LineStep> {
    if (this.refusal !== undefined) return "refused";
    const { nowMs } = options;
    const piece = this.#readPiece();
    if (piece === undefined) return "gone";
    this.isAllSent = !this.isOpen && piece.length === 0;
    const isSignDue = this.isOpen && !isWithin(options.signIntervalMs, this.#signedMs, nowMs);
    if (piece.length === 0 && !isSignDue) return "waiting";
    const answer = await this.#post(server, piece, nowMs);
    this.#signedMs = nowMs;
    return this.#hear(answer, piece.length);
  }

  /** Notes on disk how far it is; often asked, seldom done, unless all is there now. */
  mark(nowMs: number, options: { readonly isDone?: boolean; readonly isNow?: boolean } = {}): void {
    const { isDone = false, isNow = false } = options;
    const isNews = this.sentBytes !== this.#markedBytes;
    const isDue = isNow || !isWithin(MARK_EVERY_MS, this.#markedMs, nowMs);
    if (!isDone && !(isNews && isDue)) return;
    const fileBytes = this.sizeBytes();
    // Deleted meanwhile: a mark alone would be of no journal.
    if (fileBytes === undefined) return;
    const sizeBytes = this.isOpen ? undefined : this.isAllSent ? this.sentBytes : fileBytes;
    writeRemoteMark(this.route.path, {
      serverUrl: this.route.serverUrl,
      sentBytes: this.sentBytes,
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      isDone,
    });
    this.#markedMs = nowMs;
    this.#markedBytes = this.sentBytes;
  }

  #readPiece(): Buffer | undefined {
    try {
      return readWholeLines(this.route.path, this.sentBytes, this.#pieceBytes);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw unreadable(this.route.path, error);
    }
  }

  async #post(server: ServerConnection, piece: Buffer, nowMs: number): Promise<Answer> {
    const { project, run, writer, lastSignMs } = this.route;
    // How long ago, and not when: clocks differ.
    const silence = lastSignMs === undefined ? 0 : Math.max(0, Math.round(nowMs - lastSignMs));
    const path = `/api/v1/journals/${[project, run, writer].map(encodeURIComponent).join("/")}`;
    try {
      const query = `offset=${this.sentBytes}${silence > 0 ? `&silentMs=${silence}` : ""}`;
      return await server.ask("POST", `${path}?${query}`, piece);
    } catch (error) {
      const isTooLarge = error instanceof SendTrouble && error.kind === "too-large";
      if (isTooLarge) this.#pieceBytes = Math.max(LEAST_PIECE_BYTES, this.#pieceBytes / 2);
      throw error;
    }
  }

  #hear(answer: Answer, pieceBytes: number): LineStep {
    const size = (answer.body as { readonly size?: unknown } | undefined)?.size;
    if (answer.status === 200 && isCount(size) && this.#isAnswerTo(pieceBytes, size)) {
      this.#learn(size);
      return pieceBytes > 0 ? "moved" : "waiting";
    }
    if (answer.status === 409 && isCount(size) && size !== this.sentBytes) {
      this.#learn(size);
      return "learned";
    }
    this.refusal = refusalOf(answer, this.route.mustExist);
    if (this.refusal !== undefined) return "refused";
    const isElse = [200, 404, 405].includes(answer.status) && !isCount(size);
    const what = isElse ? ", as no server of this package that takes journals does" : "";
    const message = `it answers ${answer.status}${reasonOf(answer)}${what}`;
    throw new SendTrouble("away", message, { isAnswered: true });
  }

  #learn(size: number): void {
    this.isKnownThere = true;
    if (size < this.sentBytes) this.lossCount += 1;
    // More than is here: this machine lost the end of the file, the server has it.
    this.sentBytes = Math.min(size, this.sizeBytes() ?? size);
  }

  /** A piece that was taken makes it longer there, and by no more than that; a sign of life tells whatever is there. */
  #isAnswerTo(pieceBytes: number, size: number): boolean {
    const grown = size - this.sentBytes;
    return pieceBytes === 0 || (grown !== 0 && grown <= pieceBytes);
  }
}

/** A mark that cannot be read costs a question to the server. */
function readMark(path: string): RemoteMark | undefined {
  try {
    return readRemoteMark(path);
  } catch {
    // As said above.
    return undefined;
  }
}

/** What is told of a file that the system does not give. */
export function unreadable(path: string, error: unknown): SendTrouble {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return new SendTrouble("local", `${path} cannot be read (${code})`, { cause: error });
}

/** Bytes of a file from `from` on, `maxBytes` at most. @throws the system's error. */
export function readBytes(path: string, from: number, maxBytes: number): Buffer {
  const fd = openSync(path, "r");
  try {
    const length = Math.max(0, Math.min(maxBytes, fstatSync(fd).size - from));
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const count = readSync(fd, bytes, filled, length - filled, from + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}

/** About `pieceBytes` that end with a newline, but at least one line where a whole one is there: a server keeps no others. */
function readWholeLines(path: string, from: number, pieceBytes: number): Buffer {
  for (let wantedBytes = pieceBytes; ; wantedBytes *= 2) {
    const bytes = readBytes(path, from, wantedBytes);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0 || bytes.length < wantedBytes) return bytes.subarray(0, end);
  }
}

function refusalOf(answer: Answer, mustExist: boolean): Refusal | undefined {
  const error = (answer.body as { readonly error?: Partial<Refusal> } | undefined)?.error;
  if (typeof error?.message !== "string") return undefined;
  const { code, message } = error;
  const isMeant =
    (answer.status === 410 && code === "deleted") ||
    (answer.status === 404 && code === "not_found" && mustExist) ||
    (answer.status === 400 && code === "invalid_argument");
  return isMeant && code !== undefined ? { code, message } : undefined;
}

/** On a clock that may be set: what lies ahead of it is long ago. */
function isWithin(limitMs: number, sinceMs: number, nowMs: number): boolean {
  return nowMs >= sinceMs && nowMs - sinceMs < limitMs;
}

function isCount(given: unknown): given is number {
  return Number.isSafeInteger(given) && (given as number) >= 0;
}

/**
 * How far a journal was sent to a server on another machine: a small file
 * beside it, `<writer>.remote.json`, replaced whole by rename. A journal whose
 * mark is not done is removed by nobody, however long its run has ended.
 */

import { JOURNAL_EXTENSION } from "./data-folder.ts";
import { readTextIfThere } from "./read-text-if-there.ts";
import { replaceFile } from "./replace-file.ts";

export interface RemoteMark {
  /** Where the journal goes. Without the token. */
  readonly serverUrl: string;
  /** Bytes of the journal that the server has said that it has. */
  readonly sentBytes: number;
  /** Bytes that are to be sent; absent while more may be written. */
  readonly sizeBytes?: number;
  /** All of the journal, and the blobs that it names, are there. */
  readonly isDone: boolean;
}

/** The mark's file, beside the journal. */
export function remoteMarkFile(journalPath: string): string {
  return `${journalPath.slice(0, -JOURNAL_EXTENSION.length)}.remote.json`;
}

/** The mark of the journal at `journalPath`; undefined where it has none, or one that cannot be read. */
export function readRemoteMark(journalPath: string): RemoteMark | undefined {
  const text = readTextIfThere(remoteMarkFile(journalPath));
  return text === undefined ? undefined : parseMark(text);
}

/** Replaces the mark of the journal at `journalPath`, on disk before this returns as far as the kernel has it. */
export function writeRemoteMark(journalPath: string, mark: RemoteMark): void {
  replaceFile(remoteMarkFile(journalPath), `${JSON.stringify(mark)}\n`);
}

/** Whether the journal has still to be sent: it has a mark that is not done, or cannot be read. */
export function isToBeSent(journalPath: string): boolean {
  const text = readTextIfThere(remoteMarkFile(journalPath));
  return text !== undefined && parseMark(text)?.isDone !== true;
}

function parseMark(text: string): RemoteMark | undefined {
  let given: Partial<RemoteMark> | null;
  try {
    given = JSON.parse(text) as Partial<RemoteMark> | null;
  } catch {
    // Torn by a power cut.
    return undefined;
  }
  const { serverUrl, sentBytes, sizeBytes, isDone } = given ?? {};
  const isWhole =
    typeof serverUrl === "string" &&
    isCount(sentBytes) &&
    (sizeBytes === undefined || isCount(sizeBytes)) &&
    typeof isDone === "boolean";
  return isWhole ? (given as RemoteMark) : undefined;
}

function isCount(given: unknown): boolean {
  return Number.isSafeInteger(given) && (given as number) >= 0;
}

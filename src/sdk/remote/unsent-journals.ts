/** Journals of a data folder that were to be sent to a server and are not all there: what earlier scripts left. */

import { setImmediate } from "node:timers/promises";
import { DataFolder, JOURNAL_EXTENSION } from "../../journal/data-folder.ts";
import { createJournalCursor, readJournal } from "../../journal/journal-reader.ts";
import { type JournalFile, listJournals } from "../../journal/list-journals.ts";
import { isWriterAlive } from "../../journal/process-liveness.ts";
import { isToBeSent, readRemoteMark, writeRemoteMark } from "../../journal/remote-mark.ts";
import type { HeaderLine } from "../../protocol/journal-line.ts";
import type { JournalRoute } from "./outgoing-journal.ts";

export interface UnsentJournal {
  readonly route: JournalRoute;
  /** The project's and the run's name, for people; undefined where the journal's first line is damaged. */
  readonly header: HeaderLine | undefined;
  readonly unsentBytes: number;
  /** Whether the script that writes it is still there: then it sends it itself. */
  readonly isWriterAlive: boolean;
}

/** The event loop gets a turn after so many journals. */
const TURN_EVERY = 200;

/** Looks at every run of the folder, once. The oldest journals first: a server numbers runs as they come. */
export async function listUnsentJournals(root: string): Promise<UnsentJournal[]> {
  const left: UnsentJournal[] = [];
  let count = 0;
  for (const file of listJournals(new DataFolder(root))) {
    count += 1;
    if (count % TURN_EVERY === 0) await setImmediate();
    const unsent = isToBeSent(file.path) ? describeUnsent(root, file) : undefined;
    if (unsent !== undefined) left.push(unsent);
  }
  return left.sort((a, b) => (a.header?.time ?? 0) - (b.header?.time ?? 0));
}

/**
 * Has all journals that were sent and still lie here sent once more, from their first byte: their server began anew, or came
 * back from a backup. Those of scripts that go on are left to them.
 */
export async function markUnsent(root: string): Promise<void> {
  let count = 0;
  for (const file of listJournals(new DataFolder(root))) {
    count += 1;
    if (count % TURN_EVERY === 0) await setImmediate();
    const mark = readRemoteMark(file.path);
    if (mark === undefined || describeUnsent(root, file)?.isWriterAlive !== false) continue;
    writeRemoteMark(file.path, { serverUrl: mark.serverUrl, sentBytes: 0, isDone: false });
  }
}

/** Undefined where the mark does not say where it goes. */
function describeUnsent(root: string, file: JournalFile): UnsentJournal | undefined {
  const mark = readRemoteMark(file.path);
  if (mark === undefined) return undefined;
  const header = readHeader(file.path);
  const name = file.source.slice(file.source.lastIndexOf("/") + 1);
  return {
    route: {
      path: file.path,
      root,
      serverUrl: mark.serverUrl,
      project: header?.run.project ?? file.key,
      run: file.id,
      writer: name.slice(0, -JOURNAL_EXTENSION.length),
      mustExist: header?.resumed === "must",
      lastSignMs: file.modifiedMs,
    },
    header,
    unsentBytes: Math.max(0, file.sizeBytes - mark.sentBytes),
    isWriterAlive:
      header !== undefined && isWriterAlive(header.writer, file.modifiedMs, Date.now()),
  };
}

function readHeader(path: string): HeaderLine | undefined {
  const cursor = createJournalCursor();
  try {
    readJournal(path, cursor, 1);
  } catch {
    // Of a newer version: its bytes go all the same, the server decides.
    return undefined;
  }
  return cursor.header;
}

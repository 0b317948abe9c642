/**
 * The file of a head, read and replaced whole. A head that a power cut tore is
 * made again from the journals beside it: their headers say what the run is.
 */

import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Json } from "../protocol/json.ts";
import type { Config, RunEnd, RunIdentity, RunState } from "../protocol/run.ts";
import { decodeValue, encodeValue } from "../protocol/values.ts";
import { JOURNAL_EXTENSION } from "./data-folder.ts";
import { createJournalCursor, readJournal } from "./journal-reader.ts";
import { readTextIfThere } from "./read-text-if-there.ts";
import { replaceFile } from "./replace-file.ts";

export interface RunHead {
  /** Version of the head. */
  readonly head: 1;
  readonly run: RunIdentity;
  readonly config: Config;
  readonly state: RunState;
  readonly end?: RunEnd;
  /** Of all journals that ended or were removed; a journal on disk may know a higher one. On disk in the form of `encodeValue`. */
  readonly highestStep?: number | bigint;
  /** The run may have begun on another machine: only the server that it goes to can number its steps. */
  readonly stepsElsewhere?: true;
  /** Records folded so far, as the last folder said. */
  readonly recordCount: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}

/** The head in the file; undefined where there is none, nor a journal to make it from. */
export function readHeadFile(path: string): RunHead | undefined {
  const text = readTextIfThere(path);
  return text === undefined ? undefined : (parseHead(text) ?? recoverHead(dirname(path)));
}

/** Replaces the file in one step: a reader sees the former head or this one. */
export function writeHead(path: string, head: RunHead): void {
  const { highestStep, ...rest } = head;
  const stored =
    highestStep === undefined ? rest : { ...rest, highestStep: encodeValue(highestStep) };
  replaceFile(path, `${JSON.stringify(stored)}\n`);
}

function parseHead(text: string): RunHead | undefined {
  const stored = parseJson(text) as (RunHead & { readonly highestStep?: Json }) | undefined;
  if (stored?.head !== 1 || typeof stored.run?.id !== "string") return undefined;
  const { highestStep, ...rest } = stored;
  return highestStep === undefined
    ? rest
    : { ...rest, highestStep: decodeValue(highestStep) as number | bigint };
}

/** What the first journal with a header knows of its run. */
function recoverHead(runFolder: string): RunHead | undefined {
  for (const name of readdirSync(runFolder).toSorted()) {
    if (!name.endsWith(JOURNAL_EXTENSION)) continue;
    const cursor = createJournalCursor();
    readJournal(join(runFolder, name), cursor, 1);
    if (cursor.header === undefined) continue;
    const { run, config = {}, time } = cursor.header;
    return { head: 1, run, config, state: "running", recordCount: 0, updatedAt: time };
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Torn: the journals beside it still say what the run is.
    return undefined;
  }
}

/**
 * The file of a head, read and replaced whole. A head that a power cut tore is
 * made again from the journals beside it: their headers say what the run is.
 */

import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { decodeValue, encodeValue, type Json } from "../protocol/values.ts";
import { JOURNAL_EXTENSION } from "./data-folder.ts";
import { isMissing } from "./file-errors.ts";
import { createJournalCursor, readJournal } from "./journal-reader.ts";
import type { RunHead } from "./run-head.ts";

/** The head in the file; undefined where there is none, nor a journal to make it from. */
export function readHeadFile(path: string): RunHead | undefined {
  const text = readText(path);
  return text === undefined ? undefined : (parseHead(text) ?? recoverHead(dirname(path)));
}

/** Replaces the file in one step: a reader sees the former head or this one. */
export function writeHead(path: string, head: RunHead): void {
  const { highestStep, ...rest } = head;
  const stored =
    highestStep === undefined ? rest : { ...rest, highestStep: encodeValue(highestStep) };
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`;
  try {
    writeFileSync(draft, `${JSON.stringify(stored)}\n`);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
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

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Torn: the journals beside it still say what the run is.
    return undefined;
  }
}

/** Which run a journal belongs to, and who writes it: its header says so, else the run's head. */

import type { DataFolder } from "../journal/data-folder.ts";
import type { JournalFile } from "../journal/list-journals.ts";
import { readHead } from "../journal/run-head.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { HeaderLine } from "../protocol/journal-line.ts";
import type { RunIdentity, Writer } from "../protocol/run.ts";

export interface JournalOrigin {
  readonly run: RunIdentity;
  readonly writer: Writer;
}

/**
 * The origin of `file`. Its folder decides the project and the id.
 * @throws {@link TrackioError} `damaged` where neither header nor head can be read.
 */
export function journalOrigin(
  folder: DataFolder,
  file: JournalFile,
  header: HeaderLine | undefined,
): JournalOrigin {
  const run = isIdentity(header?.run) ? header.run : readHead(folder, file.key, file.id)?.run;
  if (run === undefined) {
    throw new TrackioError(
      "damaged",
      `The first line of ${file.path} is damaged and its run has no head.json; restore one of them to fold it.`,
    );
  }
  const { project, name, number, createdAt, group, tags, notes } = run;
  return {
    run: {
      id: file.id,
      projectKey: file.key,
      project,
      name,
      number,
      createdAt,
      ...(typeof group === "string" ? { group } : {}),
      ...(isStrings(tags) ? { tags } : {}),
      ...(typeof notes === "string" ? { notes } : {}),
    },
    writer: isWriter(header?.writer) ? header.writer : unknownWriter(file),
  };
}

/** Of a writer that nobody knows only silence tells that it is gone. */
function unknownWriter(file: JournalFile): Writer {
  const id = file.source.slice(file.source.lastIndexOf("/") + 1).replace(/\.jsonl$/, "");
  return { id, host: "unknown", pid: 0 };
}

function isIdentity(run: Partial<RunIdentity> | undefined): run is RunIdentity {
  return (
    typeof run?.project === "string" &&
    typeof run.name === "string" &&
    Number.isSafeInteger(run.number) &&
    Number.isFinite(run.createdAt)
  );
}

function isWriter(writer: Partial<Writer> | undefined): writer is Writer {
  return (
    typeof writer?.id === "string" &&
    typeof writer.host === "string" &&
    Number.isSafeInteger(writer.pid)
  );
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

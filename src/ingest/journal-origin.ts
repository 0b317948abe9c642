/** Which run a journal belongs to, with which lane, and who writes it: the run's head and the journal's header say so. */

import type { DataFolder } from "../journal/data-folder.ts";
import type { JournalFile } from "../journal/list-journals.ts";
import { readHead } from "../journal/run-head.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { HeaderLine } from "../protocol/journal-line.ts";
import { type Lane, PROJECT_RUN, type RunIdentity, type Writer } from "../protocol/run.ts";

export interface JournalOrigin {
  readonly run: RunIdentity;
  readonly writer: Writer;
  /** Absent: records of `log()`. */
  readonly lane: Lane | undefined;
  /** Whether nobody will ever say that its run has ended: there is no run, or its client knows no end. */
  readonly isWithoutEnd: boolean;
}

/**
 * The origin of `file`. Its folder decides the project and the id, and the head, where there is one, what the run is: it
 * has the number of this machine, and the name that the run has now.
 * @throws {@link TrackioError} `damaged` where neither header nor head can be read, or a run's journal claims to be a project's.
 */
export function journalOrigin(
  folder: DataFolder,
  file: JournalFile,
  header: HeaderLine | undefined,
): JournalOrigin {
  const isOfProject = file.id === PROJECT_RUN;
  const head = isOfProject ? undefined : readHead(folder, file.key, file.id)?.run;
  const run = isIdentity(head) ? head : header?.run;
  if (!isIdentity(run)) {
    throw new TrackioError(
      "damaged",
      `The first line of ${file.path} is damaged and its run has no head.json; restore one of them to fold it.`,
    );
  }
  const lane = isOfProject ? "project" : laneOf(file, header);
  if (lane === "project" && !isOfProject) {
    throw new TrackioError(
      "damaged",
      `${file.path} says that it is of no run, and lies in the folder of one; it stays as it is.`,
    );
  }
  return {
    run: readIdentity(file, run),
    writer: isWriter(header?.writer) ? header.writer : unknownWriter(file),
    lane,
    isWithoutEnd: isOfProject || run.client === "trackio",
  };
}

/** The header's lane; where that is damaged, the one that the file is named after. */
function laneOf(file: JournalFile, header: HeaderLine | undefined): Lane | undefined {
  if (header !== undefined) return header.lane;
  return writerIdOf(file).endsWith("-system") ? "system" : undefined;
}

function readIdentity(file: JournalFile, run: RunIdentity): RunIdentity {
  const { project, name, number, createdAt, group, tags, notes, client } = run;
  return {
    id: file.id,
    projectKey: file.key,
    project,
    name,
    number,
    createdAt,
    ...(typeof group === "string" ? { group } : {}),
    ...(isStrings(tags) ? { tags } : {}),
    ...(typeof notes === "string" ? { notes } : {}),
    ...(client === "trackio" ? { client } : {}),
  };
}

/** Of a writer that nobody knows only silence tells that it is gone. */
function unknownWriter(file: JournalFile): Writer {
  return { id: writerIdOf(file), host: "unknown", pid: 0 };
}

function writerIdOf(file: JournalFile): string {
  return file.source.slice(file.source.lastIndexOf("/") + 1).replace(/\.jsonl$/, "");
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

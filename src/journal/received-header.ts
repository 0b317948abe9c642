/** The first line of a journal that comes from another machine, checked before anything is written: it makes a run. */

import { TrackioError } from "../protocol/errors.ts";
import { checkName, type ProjectKey, parseProjectKey, type RunId } from "../protocol/ids.ts";
import { type HeaderLine, JOURNAL_VERSION } from "../protocol/journal-line.ts";
import type { Json } from "../protocol/json.ts";
import type { Config, Lane, RunIdentity, Writer } from "../protocol/run.ts";
import { decodeValue } from "../protocol/values.ts";

/** Which journal it is. */
export interface JournalAddress {
  readonly projectKey: ProjectKey;
  readonly run: RunId;
  /** The writer's id. */
  readonly writer: string;
  /** Where given, the header must say the same. */
  readonly lane?: Lane | undefined;
}

/** No date is further from 1970. */
const LAST_TIME_MS = 8.64e15;
const LONGEST_HOST = 512;

/**
 * The header in `line`.
 * @throws {@link TrackioError} `invalid_argument` unless it is one for `address`.
 */
export function readReceivedHeader(line: Uint8Array, address: JournalAddress): HeaderLine {
  const header = parseObject(line);
  const { trackio, run, writer, time, lane } = header;
  if (!Number.isSafeInteger(trackio)) throw refusal("is no header");
  if ((trackio as number) > JOURNAL_VERSION) {
    throw refusal(
      `is of version ${trackio}, and this server reads up to ${JOURNAL_VERSION}; update trackio on the server`,
    );
  }
  const isOfAddress =
    run?.id === address.run &&
    run.projectKey === address.projectKey &&
    writer?.id === address.writer &&
    (address.lane === undefined || lane === address.lane);
  if (!isOfAddress) throw refusal("names another project, run, writer or lane than the address");
  if (lane !== undefined && lane !== "system") throw refusal("names a lane that no run has");
  checkName(run.project, "run.project");
  checkName(run.name, "run.name");
  if (parseProjectKey(run.project) !== run.projectKey) throw refusal("names two projects");
  if (!isTime(time) || !isTime(run.createdAt)) throw refusal("has no time");
  if (!isWriter(writer)) throw refusal("does not say who writes");
  return header as HeaderLine;
}

/** Of what the header says of its run what a head may take over as it is. */
export function factsOf(header: HeaderLine): Pick<RunIdentity, "group" | "tags" | "notes"> & {
  readonly config?: Config;
} {
  const { group, tags, notes } = header.run;
  return {
    ...(typeof group === "string" ? { group } : {}),
    ...(Array.isArray(tags) && tags.every((tag) => typeof tag === "string") ? { tags } : {}),
    ...(typeof notes === "string" ? { notes } : {}),
    ...(isConfig(header.config) ? { config: header.config } : {}),
  };
}

function parseObject(line: Uint8Array): Partial<HeaderLine> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString());
  } catch {
    // Told below, as any other line that is none.
  }
  if (typeof parsed !== "object" || parsed === null) throw refusal("is no header");
  return parsed as Partial<HeaderLine>;
}

function isTime(time: unknown): boolean {
  return typeof time === "number" && Math.abs(time) <= LAST_TIME_MS;
}

function isWriter(writer: Partial<Writer>): boolean {
  const { host, pid, pidStart } = writer;
  return (
    typeof host === "string" &&
    host.length <= LONGEST_HOST &&
    Number.isSafeInteger(pid) &&
    (pidStart === undefined || typeof pidStart === "string")
  );
}

function isConfig(config: unknown): config is Config {
  if (typeof config !== "object" || config === null || Array.isArray(config)) return false;
  try {
    for (const value of Object.values(config)) decodeValue(value as Json);
    return true;
  } catch {
    // A form that this version does not know: whoever folds counts the line as damaged.
    return false;
  }
}

function refusal(what: string): TrackioError {
  return new TrackioError(
    "invalid_argument",
    `The first line of the journal ${what}; send the journal as it was written, from its first byte.`,
  );
}

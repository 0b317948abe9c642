/** From options to a run of this page. */

import { TrackioError } from "../../protocol/errors.ts";
import { parseRunId, type RunId } from "../../protocol/ids.ts";
import type { RunIdentity } from "../../protocol/run.ts";
import { describeError } from "../describe-value.ts";
import { encodeConfig } from "../encode-config.ts";
import { type CheckedOptions, checkInitOptions } from "../init-options.ts";
import { defaultRunName } from "../run-name.ts";
import type { Warnings } from "../warnings.ts";
import { IndexedJournals } from "./indexed-journals.ts";
import type { KeptJournals } from "./kept-journals.ts";
import { MemoryJournals } from "./memory-journals.ts";
import type { BegunRun } from "./page-run.ts";
import { ServerRequests } from "./server-requests.ts";

let opened: Promise<KeptJournals> | undefined;

/** @throws {@link TrackioError} `invalid_argument` naming the option, its value and the remedy. */
export function checkPageOptions(options: unknown): CheckedOptions {
  const checked = checkInitOptions(options, {});
  if (checked.dir !== undefined) {
    throw new TrackioError(
      "invalid_argument",
      "dir is for scripts: a page keeps its runs in the browser; leave it out.",
    );
  }
  if (checked.server === undefined && !checked.isDisabled) {
    throw new TrackioError(
      "invalid_argument",
      'serverUrl is missing; give the link that `trackio show` prints, e.g. "http://127.0.0.1:7860/?write_token=…".',
    );
  }
  return checked;
}

export function beginRun(options: CheckedOptions, warnings: Warnings, nowMs: number): BegunRun {
  const { project, projectKey, resume, group, tags, notes, server } = options;
  const run: RunIdentity = {
    id: options.id ?? (randomHex(16) as RunId),
    projectKey,
    project,
    name: options.name ?? defaultRunName(randomNumber()),
    number: 0,
    createdAt: nowMs,
    ...(group === undefined ? {} : { group }),
    ...(tags === undefined ? {} : { tags }),
    ...(notes === undefined ? {} : { notes }),
  };
  parseRunId(run.id);
  const url = server?.url ?? "";
  return {
    run,
    config: encodeConfig(options.config ?? {}, "config", warnings),
    resume,
    facts: {
      writer: createWriterId(nowMs),
      serverUrl: url,
      projectKey,
      run: run.id,
      mustExist: resume === "must",
      begunAtMs: nowMs,
    },
    journals: openJournals(warnings),
    server: new ServerRequests(url, server?.token),
  };
}

/** The browser's database; where it gives none to this page, memory, which is told. */
function openJournals(warnings: Warnings): Promise<KeptJournals> {
  opened ??= IndexedJournals.open().catch((error: unknown) => {
    warnings.warn(
      "keeping",
      `this browser keeps nothing for this page (${describeError(error)}); what is not sent is gone with it.`,
    );
    return new MemoryJournals();
  });
  return opened;
}

/** Sorts by time, so that the journals of a run stand in the order in which they were begun. */
function createWriterId(timeMs: number): string {
  return `${Math.floor(timeMs).toString(36).padStart(9, "0")}-${randomHex(6)}`;
}

/** Pages that did not come over https have no `crypto.randomUUID`. */
function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What runs the project has, only the server knows. */
function randomNumber(): number {
  return (crypto.getRandomValues(new Uint16Array(1))[0] as number) % 10_000;
}

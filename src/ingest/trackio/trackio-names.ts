/**
 * Names as Trackio clients give them: of projects, of runs that may have no id,
 * of files below the client's media folder, of times. Whatever a client sends
 * gets a name that our folders and lists can bear.
 */

import { createHash } from "node:crypto";
import { TrackioError } from "../../protocol/errors.ts";
import { type ProjectKey, parseProjectKey, parseRunId, type RunId } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";

const MAX_PATH_LENGTH = 4096;

/** The project's key; a name without a letter is `default`, as there. Undefined where it is no text, or longer than 512 characters. */
export function trackioProjectKey(project: Json | undefined): ProjectKey | undefined {
  if (typeof project !== "string") return undefined;
  const key = projectKeyOfFile(project);
  // We join a letter and its accent; Python drops the accent where it stands apart.
  if (key === undefined || project === project.normalize("NFC")) return key;
  return parseProjectKey(mediaFolderOf(project));
}

/** The key of the project whose database or folder is called so: a file system may take a letter and its accent apart. */
export function projectKeyOfFile(stem: string): ProjectKey | undefined {
  return ifValid(() => parseProjectKey(stem.trim() === "" ? "default" : stem));
}

/**
 * The run's id: the one that was given, else its name. An id that ours may not be, e.g. with control characters, is `id-` and
 * 32 hexadecimal digits of its SHA-256.
 * @returns undefined where neither is a text or a number.
 */
export function trackioRunId(runId: Json | undefined, run: Json | undefined): RunId | undefined {
  const given = textOf(runId) || textOf(run);
  if (given === undefined) return undefined;
  return ifValid(() => parseRunId(given)) ?? (`id-${hashText(given)}` as RunId);
}

/** A text; a number as text; undefined for all else. */
export function textOf(json: Json | undefined): string | undefined {
  return typeof json === "number" ? String(json) : typeof json === "string" ? json : undefined;
}

/** A path below the media folder with `/`, without parts that say nothing. */
export function mediaPathOf(path: string): string {
  return path
    .split(/[/\\]/)
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

/** Whether our fields may name it: it has a name, and no part of it leads upwards. */
export function isMediaPath(path: string): boolean {
  return path !== "" && path.length <= MAX_PATH_LENGTH && !path.split("/").includes("..");
}

/** The folder's name of a project at a Trackio client, which leaves out what is neither letter nor digit, `-` or `_`. */
export function mediaFolderOf(project: string): string {
  const kept = Array.from(project).filter((c) => /[\p{L}\p{N}_-]/u.test(c));
  return kept.join("") || "default";
}

/** Epoch milliseconds, microseconds as their fraction, of a time in ISO 8601; undefined where it is none. Without a zone it is UTC. */
export function parseTrackioTime(text: Json | undefined): number | undefined {
  if (typeof text !== "string") return undefined;
  const match = ISO_TIME.exec(text);
  if (match === null) return undefined;
  const [, day, time = "00:00:00", fraction = "", zone = "Z"] = match;
  const seconds = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}${zoneOf(zone)}`);
  if (Number.isNaN(seconds)) return undefined;
  return (seconds * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"))) / 1000;
}

const ISO_TIME =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

function zoneOf(zone: string): string {
  if (zone === "Z") return zone;
  const digits = zone.replace(":", "").padEnd(5, "0");
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

/** The same time as Python writes it: `2026-11-22T21:51:14.608602+00:00`. @param timeMs Epoch milliseconds. */
export function formatTrackioTime(timeMs: number): string {
  const micros = Math.round(timeMs * 1000);
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19);
  const fraction = micros - Math.floor(micros / 1_000_000) * 1_000_000;
  return `${seconds}${fraction === 0 ? "" : `.${String(fraction).padStart(6, "0")}`}+00:00`;
}

function hashText(text: string): string {
  return createHash("sha256").update(Buffer.from(text, "utf16le")).digest("hex").slice(0, 32);
}

function ifValid<Result>(parse: () => Result): Result | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TrackioError) return undefined;
    throw error;
  }
}

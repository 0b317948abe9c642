/**
 * Names and ids. A project is found by its *key*, the canonical spelling that
 * Trackio for Python uses for its files: letters, digits, `-` and `_` of the
 * name, the rest dropped. So `my.proj` and `myproj` are one project, as there.
 */

import { TrackioError } from "./errors.ts";

/** Canonical spelling of a project's name; what is stored and compared. */
export type ProjectKey = string & { readonly brand: "ProjectKey" };

/** Identity of a run inside its project; names may repeat, ids may not. 1 to 128 characters. */
export type RunId = string & { readonly brand: "RunId" };

/** Longest project or run name, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 512;

/**
 * The key of the project called `name`.
 * @throws {@link TrackioError} `invalid_argument` unless `name` is a string of 1 to 512 characters that are not all blank.
 */
export function parseProjectKey(name: unknown, place = "project"): ProjectKey {
  checkName(name, place);
  // The usual name is its own key; tables of all letters take half a millisecond to load.
  if (/^[A-Za-z0-9_-]+$/.test(name)) return name as ProjectKey;
  const kept = Array.from(name.normalize("NFC")).filter((c) => /[\p{L}\p{N}_-]/u.test(c));
  return (kept.length > 0 ? kept.join("") : "default") as ProjectKey;
}

/**
 * Checks a project or run name.
 * @throws {@link TrackioError} `invalid_argument` naming the value and the place.
 */
export function checkName(name: unknown, place: string): asserts name is string {
  const shown = JSON.stringify(name) ?? String(name);
  if (typeof name !== "string" || name.trim() === "") {
    throw new TrackioError(
      "invalid_argument",
      `${place} is ${shown}; give it a name, e.g. "mnist".`,
    );
  }
  if (name.length > MAX_NAME_LENGTH) {
    throw new TrackioError(
      "invalid_argument",
      `${place} has ${name.length} characters; the longest that is kept has ${MAX_NAME_LENGTH}.`,
    );
  }
}

/**
 * Checks a run id given by a person.
 * @throws {@link TrackioError} `invalid_argument` unless it is 1 to 128 characters without control characters.
 */
export function parseRunId(id: unknown, place = "id"): RunId {
  // Control characters, and halves of a character, of which a database makes one and the same.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const unprintable = /[\u0000-\u001f\u007f\p{Surrogate}]/u;
  if (typeof id !== "string" || id === "" || id.length > 128 || unprintable.test(id)) {
    const shown = JSON.stringify(id) ?? String(id);
    throw new TrackioError(
      "invalid_argument",
      `${place} is ${shown}; a run id has 1 to 128 printable characters.`,
    );
  }
  return id as RunId;
}

/** A new run id: 32 hexadecimal digits, random, of the same form as Trackio for Python gives. */
export function createRunId(): RunId {
  return globalThis.crypto.randomUUID().replaceAll("-", "") as RunId;
}

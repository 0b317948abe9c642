/** What a script handed over, in a few words for a message. Nothing here fails, whatever it was. */

import type { TrackioError } from "../protocol/errors.ts";
import { Loggable } from "./loggable.ts";

/** What was given. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  try {
    if (Array.isArray(value)) return "an array";
    if (value instanceof Date) return "a date";
    if (value instanceof Loggable) return `a trackio.${value.constructor.name}`;
    return value instanceof Map || value instanceof Set ? "a map or set" : "an object";
  } catch {
    // A proxy that lets nobody look.
    return "an object";
  }
}

/** The text of what was thrown. */
export function describeError(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    // Anything can be thrown, also what has no text.
    return "an error without a text";
  }
}

/** Why a value is left out, given what was thrown when it was encoded. */
export function describeLoss(thrown: unknown): string {
  const text = describeError(thrown);
  return isOfOurs(thrown) ? text : `it could not be read (${text}).`;
}

/** The code of an error that has nothing to do with the value: there is no place to keep it. Undefined for any other. */
export function storageTrouble(thrown: unknown): string | undefined {
  if (!isOfOurs(thrown)) return undefined;
  const { code } = thrown;
  return code === "storage_full" || code === "unavailable" ? code : undefined;
}

/** By its name: what loads with the first media has a class of its own (see lazy-media.ts). */
function isOfOurs(thrown: unknown): thrown is TrackioError {
  try {
    return thrown instanceof Error && thrown.name === "TrackioError";
  } catch {
    // A proxy that lets nobody look.
    return false;
  }
}

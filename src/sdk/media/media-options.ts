/** The options of pictures, videos and sounds, read where they are logged: a wrong one is told, and costs the medium nothing. */

import { describeValue } from "../describe-value.ts";
import type { MediaKeeper } from "../loggable.ts";

/** `{ caption }`, or nothing where there is none. */
export function readCaption(
  given: unknown,
  keeper: MediaKeeper,
  path: readonly string[],
): { readonly caption?: string } {
  if (given === undefined || given === null) return {};
  if (typeof given === "string") return { caption: given };
  if (typeof given === "number" || typeof given === "bigint") return { caption: String(given) };
  keeper.warn(
    `caption ${path[0]}`,
    `the caption of "${path.join("/")}" is ${describeValue(given)}, and no text; it is left out.`,
  );
  return {};
}

/** One of `formats`; the first of them where none, or another one, is given. */
export function readFormat<Format extends string>(
  given: unknown,
  formats: readonly [Format, ...Format[]],
  keeper: MediaKeeper,
  path: readonly string[],
): Format {
  const [standard] = formats;
  if (given === undefined || given === null) return standard;
  const format = formats.find((format) => format === given);
  if (format !== undefined) return format;
  const [last, ...others] = formats.toReversed();
  keeper.warn(
    `format ${path[0]}`,
    `the format of "${path.join("/")}" is ${describeValue(given)}, which is none of ${others.reverse().join(", ")} and ${last}; it is made ${standard}.`,
  );
  return standard;
}

/** What was given in place of a picture or the like; where that is a step away from one, with the step. */
export function describeGiven(value: unknown): string {
  if (typeof value !== "object" || value === null) return describeValue(value);
  if (typeof Reflect.get(value, "then") === "function") return "a promise (await it first)";
  // Of fetch(), or of a form.
  if (typeof Reflect.get(value, "arrayBuffer") !== "function") return describeValue(value);
  return "a Blob or Response (give what its arrayBuffer() resolves to)";
}

/** The options of pictures, videos and sounds, read where they are logged: a wrong one is told, and costs the medium nothing. */

import { describeValue } from "./describe-value.ts";
import type { MediaKeeper } from "./loggable.ts";

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

/** The value where it is a function's first argument by mistake, e.g. a promise, in words. */
export function describeGiven(value: unknown): string {
  const isPromise =
    typeof value === "object" && value !== null && typeof Reflect.get(value, "then") === "function";
  return isPromise ? "a promise (await it first)" : describeValue(value);
}

/** Config and summary values in their JSON form; what cannot be kept is left out and told. */

import { TrackioError } from "../protocol/errors.ts";
import type { Config } from "../protocol/run.ts";
import { encodeValue, type Json } from "../protocol/values.ts";
import { describeLoss, describeValue } from "./describe-value.ts";
import { Loggable } from "./loggable.ts";
import type { Warnings } from "./warnings.ts";

/** @param place `config` or `summary`, as a warning names it. */
export function encodeConfig(
  values: { readonly [key: string]: unknown },
  place: string,
  warnings: Warnings,
): Config {
  const members: [string, Json][] = [];
  for (const key of Object.keys(values)) {
    if (key.startsWith("_")) {
      warnings.warn(
        `${place}._`,
        `${place} has the key "${key}", which is left out: keys that begin with "_" belong to trackio.`,
      );
      continue;
    }
    try {
      const value = values[key];
      if (value === undefined) continue;
      members.push([key, encodeValue(value, [place, key], [values], refuseMedia)]);
    } catch (error) {
      warnings.warn(`${place}.${key}`, `"${key}" is left out: ${describeLoss(error)}`);
    }
  }
  return Object.fromEntries(members);
}

function refuseMedia(object: object, path: readonly string[]): undefined {
  if (!(object instanceof Loggable)) return undefined;
  throw new TrackioError(
    "invalid_argument",
    `${path.join(".")} is ${describeValue(object)}, which has no place there; give it to log().`,
  );
}

/** Config and summary values to their JSON form, where what cannot be kept is left out and told, and back. */

import { TrackioError } from "../protocol/errors.ts";
import type { Json } from "../protocol/json.ts";
import type { Config } from "../protocol/run.ts";
import { decodeValue, encodeValue, type Value } from "../protocol/values.ts";
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

/** The values that such a form stands for. */
export function decodeConfig(config: Config): { readonly [key: string]: Value } {
  return Object.fromEntries(Object.entries(config).map(([key, json]) => [key, decodeValue(json)]));
}

function refuseMedia(object: object, path: readonly string[]): undefined {
  if (!(object instanceof Loggable)) return undefined;
  throw new TrackioError(
    "invalid_argument",
    `${path.join(".")} is ${describeValue(object)}, which has no place there; give it to log().`,
  );
}

import type { Config } from "../protocol/run.ts";
import { decodeValue, type Value } from "../protocol/values.ts";
import { formatValue } from "./format.ts";
import { isPlainObject } from "./json-text.ts";

/** A stored config or summary as `name, value` pairs, nested names joined by `/`. */
export function storedFacts(stored: Config): [name: string, value: string][] {
  return flattenFacts("", decodeValue(stored));
}

function flattenFacts(name: string, value: Value): [name: string, value: string][] {
  if (!isPlainObject(value)) return [[name, formatValue(value)]];
  const members = Object.entries(value);
  if (members.length === 0 && name !== "") return [[name, "{}"]];
  return members.flatMap(([key, member]) =>
    flattenFacts(name === "" ? key : `${name}/${key}`, member),
  );
}

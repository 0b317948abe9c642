/** What a value of a record is to a series, and how values become a row again. */

import type { KeyPath } from "../protocol/journal-line.ts";
import type { Json } from "../protocol/json.ts";
import { encodeValue, type Value } from "../protocol/values.ts";
import type { Column } from "./store.ts";

/** The value of one record in a column, in the form of {@link encodeValue}. */
export function columnJson(column: Column, row: number): Json {
  return column.kind === "numbers" ? encodeValue(column.values[row]) : (column.values[row] as Json);
}

/** The row whose leaves lie under `keys`, nested and ordered as it was logged. Of a key that is a leaf and a parent the later one stays. */
export function rowValues(
  keys: readonly KeyPath[],
  values: readonly Value[],
): { readonly [key: string]: Value } {
  const row: { [key: string]: Value } = {};
  const parents = new Set<Value>([row]);
  keys.forEach((path, index) => {
    const names = typeof path === "string" ? [path] : path;
    let node = row;
    for (const name of names.slice(0, -1)) {
      if (!Object.hasOwn(node, name) || !parents.has(node[name] as Value)) {
        const parent = {};
        parents.add(parent);
        define(node, name, parent);
      }
      node = node[name] as { [key: string]: Value };
    }
    define(node, names.at(-1) as string, values[index] as Value);
  });
  return row;
}

/** Also a key called `__proto__` is a key like any other. */
function define(node: { [key: string]: Value }, name: string, value: Value): void {
  Object.defineProperty(node, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

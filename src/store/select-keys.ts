import type { KeyPath } from "../protocol/journal-line.ts";

/** Which keys of a key set are read. */
export interface KeySelection {
  readonly keys: readonly KeyPath[];
  /** Number of each of them in the key set. */
  readonly columns: readonly number[];
}

/** The keys of a key set whose first part is wanted; undefined where there is none. All where not restricted. */
export function selectKeys(
  keys: readonly KeyPath[],
  wanted: readonly string[] | undefined,
): KeySelection | undefined {
  const isWanted = (path: KeyPath) =>
    wanted?.includes(typeof path === "string" ? path : path[0]) ?? true;
  const columns = keys.flatMap((path, column) => (isWanted(path) ? [column] : []));
  if (columns.length === 0 && wanted !== undefined) return undefined;
  return { keys: columns.map((column) => keys[column]!), columns };
}

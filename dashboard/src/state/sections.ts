/** Charts in sections: the part of a metric's name before the first `/`. */

export interface Section {
  readonly name: string;
  readonly keys: readonly string[];
}

/** Where metrics without a `/` stand. */
const NO_PREFIX = "charts";

/** Sections of `keys`, both in the order in which they were first logged; those without a prefix come first. */
export function groupMetrics(keys: Iterable<string>): Section[] {
  const groups = new Map<string, string[]>([[NO_PREFIX, []]]);
  for (const key of keys) {
    const name = splitMetric(key).prefix || NO_PREFIX;
    const group = groups.get(name);
    if (group) group.push(key);
    else groups.set(name, [key]);
  }
  return [...groups]
    .filter(([, group]) => group.length > 0)
    .map(([name, group]) => ({ name, keys: group }));
}

/** `train/loss` → `train` and `loss`. A slash at the beginning or the end divides nothing. */
export function splitMetric(key: string): { readonly prefix: string; readonly leaf: string } {
  const slash = key.indexOf("/");
  if (slash <= 0 || slash === key.length - 1) return { prefix: "", leaf: key };
  return { prefix: key.slice(0, slash), leaf: key.slice(slash + 1) };
}

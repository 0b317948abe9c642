/**
 * Which cards a page shows, by what its address says: `metric_filter`, a regular
 * expression, or `metrics`, the older list of names. A name that is not there as
 * it is written is met by the one key that can be meant.
 */

import { nearestName } from "../../../src/protocol/nearest.ts";
import { type NameSearch, searchNames } from "./name-search.ts";
import { splitMetric } from "./sections.ts";

/** What `metrics` names: a list, in its order, or a regular expression. */
export type MetricChoice =
  | { readonly names: readonly string[] }
  | { readonly pattern: string }
  | undefined;

/** Names of these signs are names; anything else in the list makes it a regular expression. */
const NAME = /^[\w./-]+$/;

export function readMetrics(text: string): MetricChoice {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) return undefined;
  return names.every((name) => NAME.test(name))
    ? { names: [...new Set(names)] }
    : { pattern: text };
}

/** The regular expression that says the same, for the filter field. */
export function metricsPattern(choice: MetricChoice): string {
  if (choice === undefined) return "";
  if ("pattern" in choice) return choice.pattern;
  return choice.names.map(exactly).join("|");
}

export function exactly(name: string): string {
  return `^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
}

export interface ChosenKeys {
  readonly keys: readonly string[];
  /** Names that no key can be meant by. */
  readonly missing: readonly string[];
}

/** The keys that a list of names means, in its order. */
export function chooseKeys(names: readonly string[], keys: readonly string[]): ChosenKeys {
  const chosen = new Set<string>();
  const missing: string[] = [];
  for (const name of names) {
    const key = meantKey(name, keys);
    if (key === undefined) missing.push(name);
    else chosen.add(key);
  }
  return { keys: [...chosen], missing };
}

/** As it is written; else whatever the case; else the one key that ends with it behind a slash; else the one that begins with it. */
function meantKey(name: string, keys: readonly string[]): string | undefined {
  if (keys.includes(name)) return name;
  const wanted = name.toLowerCase();
  const only = (test: (key: string) => boolean) => {
    const found = keys.filter((key) => test(key.toLowerCase()));
    return found.length === 1 ? found[0] : undefined;
  };
  return (
    only((key) => key === wanted) ??
    only((key) => splitMetric(key).leaf === wanted) ??
    only((key) => key.startsWith(wanted))
  );
}

/** Names near to `name`, whole or behind a slash. */
export function closestKeys(name: string, keys: readonly string[]): readonly string[] {
  const leaves = new Map(keys.map((key) => [splitMetric(key).leaf, key]));
  const near = nearestName(name, keys) ?? nearestName(name, leaves.keys());
  if (near === undefined) return [];
  return keys.filter((key) => key === near || splitMetric(key).leaf === near).slice(0, 3);
}

/** The search of an address: a regular expression, or, where it is none, a part of the name. */
export function searchOfAddress(text: string): NameSearch {
  const search = searchNames(text);
  if (search.problem === undefined) return search;
  const part = text.trim().toLowerCase();
  return { matches: (name) => name.toLowerCase().includes(part), problem: search.problem };
}

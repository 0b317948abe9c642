/** What tells a run from the others that are shown: the settings in which they differ, in few words. */

import type { Run } from "../../../src/protocol/api.ts";
import { settingNames } from "../state/run-settings.ts";

const MOST_SETTINGS = 2;
const LONGEST_VALUE = 24;

/** Of each run of `runs`: up to two settings, e.g. `adam, lr 0.01`; empty where all are alike. */
export function runHints(runs: readonly Run[]): ReadonlyMap<string, string> {
  const differing = settingNames(runs).filter((name) => {
    const values = runs.map((run) => run.config[name]);
    const isPlain = values.every((value) => typeof value !== "object" || value === null);
    return isPlain && new Set(values).size > 1;
  });
  // What gives each run another value says only what the name says already, a seed for one.
  const telling = differing.toSorted((a, b) => kindsOf(runs, a) - kindsOf(runs, b));
  const told = telling.slice(0, MOST_SETTINGS);
  return new Map(
    runs.map((run) => [run.id, told.map((name) => setting(name, run.config[name])).join(", ")]),
  );
}

function kindsOf(runs: readonly Run[], name: string): number {
  return new Set(runs.map((run) => run.config[name])).size;
}

function setting(name: string, value: unknown): string {
  if (value === undefined || value === null) return `no ${name}`;
  if (value === true) return name;
  if (value === false) return `no ${name}`;
  if (typeof value === "number") return `${name} ${Number(value.toPrecision(6))}`;
  const text = String(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

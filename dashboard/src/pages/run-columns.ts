/** Columns of the runs table: facts, settings that differ or are given, last values of metrics; and how they sort. */

import type { Metric, Run } from "../../../src/protocol/api.ts";
import type { LastValues } from "../state/last-values.ts";
import { settingNames } from "../state/run-settings.ts";

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly isNumber: boolean;
  readonly value: (run: Run) => unknown;
}

/** @param last Where the values of the metrics are looked up, whenever a cell asks. */
export function runColumns(
  runs: readonly Run[],
  metrics: readonly Metric[],
  last: () => LastValues,
): Column[] {
  const facts: Column[] = [
    { id: "number", title: "Run", isNumber: false, value: (run) => run.number },
    { id: "status", title: "Status", isNumber: false, value: (run) => run.status },
    { id: "created", title: "Created", isNumber: false, value: (run) => run.createdAt },
    {
      id: "duration",
      title: "Duration",
      isNumber: true,
      value: durationOf,
    },
    { id: "steps", title: "Step", isNumber: true, value: (run) => run.lastStep },
  ];
  const settings = settingNames(runs).map(
    (key): Column => ({
      id: `config ${key}`,
      title: key,
      isNumber: runs.every((run) => run.config[key] === undefined || isNumber(run.config[key])),
      value: (run) => run.config[key],
    }),
  );
  return [...facts, ...settings, ...metrics.map(({ key }) => metricColumn(key, last))];
}

/** Seconds, to the hundredth; never below 0, though the clock that made the run may be ahead of the one that logged. */
function durationOf({ createdAt, updatedAt, endedAt }: Run): number {
  return Math.max(0, Math.round(((endedAt ?? updatedAt) - createdAt) / 10) / 100);
}

/** Whether both lists have the same columns; then no cell has to be made anew. */
export function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  const isSame = (one: Column, other: Column | undefined) =>
    one.id === other?.id && one.isNumber === other.isNumber;
  return a.length === b.length && a.every((column, i) => isSame(column, b[i]));
}

/** `runs` by `column`; those without a value always come last. */
export function sortRuns(runs: readonly Run[], column: Column | undefined, up: boolean): Run[] {
  if (!column) return [...runs];
  const valued = runs.map((run) => ({ run, value: comparable(column.value(run)) }));
  return valued
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined) {
        return Number(a.value === undefined) - Number(b.value === undefined);
      }
      return (up ? 1 : -1) * compare(a.value, b.value);
    })
    .map(({ run }) => run);
}

function metricColumn(key: string, last: () => LastValues): Column {
  return {
    id: `metric ${key}`,
    title: key,
    isNumber: true,
    value: (run) => last().get(key)?.get(run.id),
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function comparable(value: unknown): number | string | undefined {
  if (typeof value === "number") return Number.isNaN(value) ? undefined : value;
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

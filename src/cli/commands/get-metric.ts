/**
 * `trackio get metric`: every value as logged, none left out. Written page by
 * page, so that a series of any length fits in memory.
 */

import type { Point } from "../../store/store.ts";
import { formatQuantity, isoTime } from "../format.ts";
import { toPlainJson } from "../json-text.ts";
import { openData } from "../open-data.ts";
import { getMetric, getProject, getRun } from "../select.ts";
import type { Terminal } from "../terminal.ts";
import type { RunOptions } from "./options.ts";

export interface PointFilter {
  readonly step?: number;
  readonly around?: number;
  /** Epoch milliseconds. */
  readonly atTime?: number;
  /** ± steps for `around`, ± seconds for `atTime`. */
  readonly window: number;
}

/** As JSON upstream's `{"project", "run", "metric", "values": [{"timestamp", "step", "value"}]}`. */
export async function getMetricValues(
  terminal: Terminal,
  options: PointFilter & RunOptions & { readonly metric: string },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const run = await getRun(data, project, options.run);
  const metric = await getMetric(data, project, run, options.metric);
  const pages = filterPoints(data.store.readPoints(project.key, run.id, metric.key), options);
  if (options.json) {
    const facts = { project: project.name, run: run.name, run_id: run.id, metric: metric.key };
    await printJson(terminal, facts, pages);
  } else {
    await printTable(terminal, metric.lastStep, pages);
  }
}

/** The points that the filter keeps: the exact step, else around a step, else around a time, else all. */
export async function* filterPoints(
  pages: AsyncIterable<readonly Point[]>,
  filter: PointFilter,
): AsyncGenerator<readonly Point[], void, undefined> {
  const [from, to] = stepRange(filter);
  const { atTime } = filter;
  const byTime = filter.step === undefined && filter.around === undefined && atTime !== undefined;
  for await (const page of pages) {
    const kept = page.filter(
      (point) =>
        point.step >= from &&
        point.step <= to &&
        (!byTime || Math.abs(point.time - atTime) <= filter.window * 1000),
    );
    if (kept.length > 0) yield kept;
    // Pages come in the order of steps: nothing that is wanted comes after.
    if ((page.at(-1)?.step ?? from) > to) return;
  }
}

function stepRange({ step, around, window }: PointFilter): readonly [number, number] {
  if (step !== undefined) return [step, step];
  if (around !== undefined) return [around - window, around + window];
  return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}

async function printJson(
  terminal: Terminal,
  facts: { readonly [key: string]: string },
  pages: AsyncIterable<readonly Point[]>,
): Promise<void> {
  const members = Object.entries(facts)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`)
    .join("");
  await terminal.print(`{\n${members}  "values": [`);
  let separator = "\n";
  for await (const page of pages) {
    const objects = page.map((point) => JSON.stringify(toObject(point)));
    await terminal.print(`${separator}    ${objects.join(",\n    ")}`);
    separator = ",\n";
  }
  await terminal.print(separator === "\n" ? "]\n}\n" : "\n  ]\n}\n");
}

function toObject(point: Point) {
  return {
    timestamp: isoTime(point.time),
    step: toPlainJson(point.step),
    value: toPlainJson(point.value),
  };
}

/** Wide enough for any double: `-1.2345678901234567e-308`. */
const VALUE_WIDTH = 24;

async function printTable(
  terminal: Terminal,
  lastStep: number,
  pages: AsyncIterable<readonly Point[]>,
): Promise<void> {
  const stepWidth = Math.max("Step".length, String(lastStep).length);
  const line = (step: string, value: string, time: string) =>
    `${step.padStart(stepWidth)}  ${value.padStart(VALUE_WIDTH)}  ${time}\n`;
  let count = 0;
  for await (const page of pages) {
    const lines = page.map((point) =>
      line(String(point.step), String(point.value), isoTime(point.time)),
    );
    await terminal.print((count === 0 ? line("Step", "Value", "Time") : "") + lines.join(""));
    count += page.length;
  }
  terminal.note(count === 0 ? "No values there.\n" : `${formatQuantity(count, "value")}\n`);
}

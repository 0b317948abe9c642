/**
 * What the calls of a run are given beside its values: a step, a time, how long
 * to wait. Scripts and pages take them alike.
 *
 * Law: what is none is told and counted, and what stands in for it is kept.
 */

import type { Json } from "../protocol/json.ts";
import { describeValue } from "./describe-value.ts";
import type { RunCounters } from "./run-stats.ts";
import { readStep, type StepCounter } from "./step-counter.ts";
import type { Warnings } from "./warnings.ts";

/** So long `finish()` waits for pictures that are still being rendered, and for a server. */
const FINISH_LIMIT_MS = 10_000;

/** No timer waits longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1_000;

/** No date is further from 1970. */
const LAST_TIME_MS = 8.64e15;

export class GivenOptions {
  readonly #steps: StepCounter;
  readonly #counters: RunCounters;
  readonly #warnings: Warnings;

  constructor(steps: StepCounter, counters: RunCounters, warnings: Warnings) {
    this.#steps = steps;
    this.#counters = counters;
    this.#warnings = warnings;
  }

  /** The field of a record for the step that was given; else for the next one. */
  step(given: unknown): Json {
    if (given === undefined) return this.#steps.next();
    const step = readStep(given);
    if (step !== undefined) return this.#steps.take(step);
    this.#counters.wrongOptions += 1;
    this.#warnings.warn(
      "step",
      `step is ${describeValue(given)}, which is no number that a chart has a place for; the next step is taken instead.`,
    );
    return this.#steps.next();
  }

  /** The time that was given, in epoch milliseconds; else `nowMs`. */
  timeMs(given: unknown, nowMs: number): number {
    if (given === undefined) return nowMs;
    const time = given instanceof Date ? given.getTime() : given;
    if (typeof time === "number" && Math.abs(time) <= LAST_TIME_MS) return time;
    this.#counters.wrongOptions += 1;
    this.#warnings.warn(
      "time",
      `time is ${describeValue(given)}, which is neither epoch milliseconds nor a date; the present is taken instead.`,
    );
    return nowMs;
  }

  /** How long `finish()` waits, at most. */
  timeoutMs(given: unknown): number {
    if (given === undefined) return FINISH_LIMIT_MS;
    if (typeof given === "number" && given >= 0) return Math.min(given, LONGEST_TIMER_MS);
    this.#warnings.warn(
      "timeout",
      `finish() was given the timeoutMs ${describeValue(given)}; it waits ${FINISH_LIMIT_MS} ms, give a number from 0.`,
    );
    return FINISH_LIMIT_MS;
  }
}

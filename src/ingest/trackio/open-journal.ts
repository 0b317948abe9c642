/**
 * The journal to which one run and lane of a Trackio client is written by this
 * process, and what has to be known to spell its lines: the highest step, the
 * time given last, the key sets in use.
 *
 * Laws: a batch is one `write(2)`; times that the server gives rise by a
 * microsecond at least, so that within a run the order of times is the order in
 * which records came.
 */

import type { JournalWriter, KeySet } from "../../journal/journal-writer.ts";
import { encodeStepField, higherStep, nextStep, type Step } from "../../journal/step-field.ts";
import type { EventLine, KeyPath } from "../../protocol/journal-line.ts";
import type { Json } from "../../protocol/json.ts";
import type { OpenRun } from "./open-run.ts";

/** Flat objects with the same keys in the same order, which nearly all records of a run are. */
export interface Shape {
  readonly names: readonly string[];
  readonly withIds: KeySet;
  readonly withoutIds: KeySet;
}

/** So many are known at once: scripts take turns between a few, e.g. training and validation. */
const MAX_SHAPES = 8;

export class OpenJournal {
  readonly run: OpenRun;
  readonly journal: JournalWriter;
  /** Whether something was written since it was brought to the disk last. */
  isDirty = false;
  /** While a write would hold the thread, since what was written is being brought to the disk. */
  held: Promise<void> | undefined;
  writtenAtMs: number;
  /** The one used last stands first. */
  readonly #shapes: Shape[] = [];
  #highest: Step | undefined;
  #lines = "";
  #named: KeySet[] = [];

  constructor(run: OpenRun, journal: JournalWriter, nowMs: number) {
    this.run = run;
    this.journal = journal;
    this.writtenAtMs = nowMs;
  }

  /** The shape that is known of an object with these keys. */
  shapeOf(names: readonly string[]): Shape {
    const shapes = this.#shapes;
    for (let i = 0; i < shapes.length; i += 1) {
      const shape = shapes[i] as Shape;
      if (!isSame(shape.names, names)) continue;
      if (i > 0) {
        shapes.splice(i, 1);
        shapes.unshift(shape);
      }
      return shape;
    }
    const withIds = this.journal.keySet(names, { ids: true });
    const shape = { names, withIds, withoutIds: this.journal.keySet(names) };
    shapes.unshift(shape);
    if (shapes.length > MAX_SHAPES) shapes.pop();
    return shape;
  }

  keySet(keys: readonly KeyPath[], hasId: boolean): KeySet {
    return this.journal.keySet(keys, { ids: hasId });
  }

  /**
   * Adds a record to the batch.
   * @param values JSON, separated by commas.
   * @param id JSON, where `set` has ids.
   */
  addRecord(set: KeySet, step: Step | null, timeMs: number, values: string, id?: string): void {
    if (set.number === undefined) {
      this.#lines += this.journal.nameSet(set);
      this.#named.push(set);
    }
    let line = `[${set.number},${this.#stepField(step)},${timeMs}`;
    if (values !== "") line += `,${values}`;
    if (id !== undefined) line += `,${id}`;
    this.#lines += `${line}]\n`;
  }

  addEvent(event: EventLine): void {
    this.#lines += `${JSON.stringify(event)}\n`;
  }

  /** Writes the batch. @throws the system's error; then it is as if nothing of it had been added. */
  write(nowMs: number): void {
    const lines = this.#lines;
    const named = this.#named;
    this.#lines = "";
    this.#named = [];
    if (lines === "") return;
    this.journal.appendLines(lines, named);
    this.isDirty = true;
    this.writtenAtMs = nowMs;
  }

  /** Forgets what was added and not written. */
  discard(): void {
    for (const set of this.#named) set.number = undefined;
    this.#named = [];
    this.#lines = "";
  }

  /** The highest step of this journal; NaN where it is no integer that a number holds, or a negative zero. */
  get highestInteger(): number | undefined {
    const highest = this.#highest;
    if (highest === undefined) return undefined;
    return Number.isSafeInteger(highest) && !Object.is(highest, -0)
      ? (highest as number)
      : Number.NaN;
  }

  /** Writes a batch whose lines are spelled. @param highestInteger Of the journal with them. @throws as {@link write}. */
  writeLines(
    lines: Buffer,
    named: readonly KeySet[],
    highestInteger: number | undefined,
    nowMs: number,
  ): void {
    this.journal.appendLines(lines, named);
    this.#highest = highestInteger;
    this.isDirty = true;
    this.writtenAtMs = nowMs;
  }

  /** The step that a record without one will have, as far as this journal knows. */
  get nextStep(): Step {
    return nextStep(this.#highest);
  }

  #stepField(step: Step | null): string {
    if (step === null) return "null";
    const highest = this.#highest;
    if (typeof step === "number" && Number.isSafeInteger(step) && !Object.is(step, -0)) {
      if (highest === undefined || step >= highest) {
        this.#highest = step;
        return String(step);
      }
    }
    this.#highest = higherStep(highest, step);
    return JSON.stringify(encodeStepField(step, this.#highest ?? step) satisfies Json);
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** The runs of one database, and which of them have something to be done by itself, the newest first. */

import type { KnownRun } from "./known-run.ts";

export class DatabaseRuns {
  readonly #byValue = new Map<string, KnownRun>();
  /** Those with a task; the next one last. Undefined: to be put in order. */
  #waiting: KnownRun[] | undefined = [];

  get(value: string): KnownRun | undefined {
    return this.#byValue.get(value);
  }

  all(): readonly KnownRun[] {
    return [...this.#byValue.values()];
  }

  add(run: KnownRun): void {
    this.#byValue.set(run.value, run);
    if (run.task !== undefined) this.#waiting = undefined;
  }

  remove(run: KnownRun): void {
    this.#byValue.delete(run.value);
    run.task = undefined;
  }

  clear(): void {
    this.#byValue.clear();
    this.#waiting = [];
  }

  setTask(run: KnownRun, task: KnownRun["task"]): void {
    run.task = task;
    run.readTables.clear();
    run.range = undefined;
    if (task !== undefined) this.#waiting = undefined;
  }

  /** Up to `count` runs of one task: those to be listed before those to be read, the newest first. */
  next(count: number): readonly KnownRun[] {
    const waiting = this.#order();
    const task = waiting.at(-1)?.task;
    const next: KnownRun[] = [];
    for (let i = waiting.length - 1; i >= 0 && next.length < count; i--) {
      if (waiting[i]!.task !== task) break;
      next.push(waiting[i]!);
    }
    return next;
  }

  #order(): KnownRun[] {
    this.#waiting ??= [...this.#byValue.values()]
      .filter(({ task }) => task !== undefined)
      .sort((a, b) => urgency(a) - urgency(b) || a.newestMs - b.newestMs);
    const waiting = this.#waiting;
    while (waiting.length > 0 && waiting.at(-1)!.task === undefined) waiting.pop();
    return waiting;
  }
}

function urgency({ task }: KnownRun): number {
  return task === "list" ? 1 : 0;
}

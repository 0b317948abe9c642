/** The runs of one database, and which of them have something to be done by itself, the newest first. */

import type { KnownRun, RunTask } from "./known-run.ts";

export class DatabaseRuns {
  readonly #byValue = new Map<string, KnownRun>();
  /** Those with each task, the next one last; absent: to be put in order. */
  readonly #waiting = new Map<RunTask, KnownRun[]>();

  get(value: string): KnownRun | undefined {
    return this.#byValue.get(value);
  }

  all(): readonly KnownRun[] {
    return [...this.#byValue.values()];
  }

  add(run: KnownRun): void {
    this.#byValue.set(run.value, run);
    if (run.task !== undefined) this.#waiting.delete(run.task);
  }

  remove(run: KnownRun): void {
    this.#byValue.delete(run.value);
    run.task = undefined;
  }

  clear(): void {
    this.#byValue.clear();
    this.#waiting.clear();
  }

  setTask(run: KnownRun, task: RunTask | undefined): void {
    run.task = task;
    run.readTables.clear();
    run.range = undefined;
    if (task !== undefined) this.#waiting.delete(task);
  }

  /** Up to `count` runs with the task, the newest first. */
  next(task: RunTask, count: number): readonly KnownRun[] {
    const waiting = this.#order(task);
    const next: KnownRun[] = [];
    for (let i = waiting.length - 1; i >= 0 && next.length < count; i--) {
      if (waiting[i]!.task === task) next.push(waiting[i]!);
    }
    return next;
  }

  #order(task: RunTask): KnownRun[] {
    let waiting = this.#waiting.get(task);
    if (waiting === undefined) {
      waiting = [...this.#byValue.values()]
        .filter((run) => run.task === task)
        .sort((a, b) => a.newestMs - b.newestMs);
      this.#waiting.set(task, waiting);
    }
    while (waiting.length > 0 && waiting.at(-1)!.task !== task) waiting.pop();
    return waiting;
  }
}

/** Runs and journals on a real disk, for tests of what folds them. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataFolder } from "../../journal/data-folder.ts";
import { JournalWriter } from "../../journal/journal-writer.ts";
import { createRun, type NewRun } from "../../journal/run-head.ts";
import { encodeStepField, higherStep, type Step } from "../../journal/step-field.ts";
import { createRunId, parseProjectKey, parseRunId, type RunId } from "../../protocol/ids.ts";
import type { RunIdentity } from "../../protocol/run.ts";
import { encodeValue, isPlainNumber, type Value } from "../../protocol/values.ts";

/** A data folder that is gone at the end of the test. */
export class TestFolder extends DataFolder implements Disposable {
  constructor() {
    super(mkdtempSync(join(tmpdir(), "trackio-ingest-")));
  }

  /** A new run of `project`. */
  run(project: string, options: Partial<NewRun> = {}): RunIdentity {
    const given = {
      id: createRunId(),
      projectKey: parseProjectKey(project),
      project,
      name: "test-run",
      config: {},
      ...options,
    };
    return createRun(this, given, Date.now()).run;
  }

  journal(run: RunIdentity, options: { readonly resumed?: boolean } = {}): TestJournal {
    return new TestJournal(JournalWriter.create(this, { run, time: Date.now(), ...options }));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Logs as the SDK does, without its comfort. */
export class TestJournal {
  readonly writer: JournalWriter;
  #highest: Step | undefined;

  constructor(writer: JournalWriter) {
    this.writer = writer;
  }

  get path(): string {
    return this.writer.path;
  }

  log(step: Step, values: { readonly [key: string]: Value }, timeMs = Date.now()): void {
    this.#highest = higherStep(step, this.#highest) ?? step;
    const encoded = Object.values(values).map((v) => (isPlainNumber(v) ? v : encodeValue(v)));
    const field = encodeStepField(step, this.#highest);
    this.writer.append(this.writer.keySet(Object.keys(values)), [0, field, timeMs, ...encoded]);
  }

  /** Losses at `count` steps. */
  logMany(from: number, count: number): void {
    for (let step = from; step < from + count; step++) this.log(step, { loss: 1 / (step + 1) });
  }

  /** Ends the run, as far as this journal knows. */
  end(state: "finished" | "failed" = "finished", timeMs = Date.now()): void {
    this.writer.appendEvent({ time: timeMs, end: { state } });
    this.writer.close();
  }
}

export function runIdOf(text: string): RunId {
  return parseRunId(text);
}

/** A run of the same shape that keeps nothing and touches no disk, for `mode: "disabled"`. */

import { createRunId, type RunId } from "../protocol/ids.ts";
import type { SavedFile } from "../protocol/media.ts";
import type { Value } from "../protocol/values.ts";
import type { CheckedOptions } from "./init-options.ts";
import { createNotedValues, type NotedValues } from "./noted-values.ts";
import type { AnyMetrics, Run, RunReport, RunStats } from "./run.ts";
import { defaultRunName } from "./run-name.ts";
import { noTrouble } from "./run-stats.ts";
import { steadyMs } from "./steady-clock.ts";

export class DisabledRun<
  Config extends object = { readonly [key: string]: Value },
  Metrics extends object = AnyMetrics,
> implements Run<Config, Metrics>
{
  readonly id: RunId;
  readonly name: string;
  readonly project: string;
  readonly config: NotedValues<Config>;
  readonly summary: NotedValues<{ [key: string]: Value }>;
  readonly ready = Promise.resolve();
  readonly url = undefined;
  readonly #startedMs = steadyMs();

  constructor(options: CheckedOptions) {
    this.id = options.id ?? createRunId();
    this.name = options.name ?? defaultRunName(0);
    this.project = options.project;
    this.config = createNotedValues(options.config ?? {}, (values) => values);
    this.summary = createNotedValues({}, (values) => values);
  }

  log(): void {}

  save(): readonly SavedFile[] {
    return [];
  }

  stats(): RunStats {
    return { ...noTrouble };
  }

  finish(): Promise<RunReport> {
    return Promise.resolve({
      project: this.project,
      name: this.name,
      id: this.id,
      durationMs: Math.round(steadyMs() - this.#startedMs),
      warnings: [],
      ...noTrouble,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

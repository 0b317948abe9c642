/** A run of the same shape that keeps nothing and asks nobody, for `mode: "disabled"`. */

import type { RunId } from "../../protocol/ids.ts";
import type { Value } from "../../protocol/values.ts";
import type { CheckedOptions } from "../init-options.ts";
import { createNotedValues, type NotedValues } from "../noted-values.ts";
import type { AnyMetrics, RunStats } from "../run.ts";
import { defaultRunName } from "../run-name.ts";
import { noTrouble } from "../run-stats.ts";
import type { BrowserReport, BrowserRun } from "./browser-run.ts";

export class DisabledPageRun<
  Config extends object = { readonly [key: string]: Value },
  Metrics extends object = AnyMetrics,
> implements BrowserRun<Config, Metrics>
{
  readonly id: RunId;
  readonly name: string;
  readonly project: string;
  readonly config: NotedValues<Config>;
  readonly summary: NotedValues<{ [key: string]: Value }>;
  readonly ready = Promise.resolve();
  readonly #startedMs = performance.now();

  constructor(options: CheckedOptions) {
    this.id = options.id ?? ("disabled" as RunId);
    this.name = options.name ?? defaultRunName(0);
    this.project = options.project;
    this.config = createNotedValues(options.config ?? {}, (values) => values);
    this.summary = createNotedValues({}, (values) => values);
  }

  log(): void {}

  async flush(): Promise<void> {}

  stats(): RunStats {
    return { ...noTrouble };
  }

  async finish(): Promise<BrowserReport> {
    return {
      project: this.project,
      name: this.name,
      id: this.id,
      durationMs: Math.round(performance.now() - this.#startedMs),
      warnings: [],
      ...noTrouble,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

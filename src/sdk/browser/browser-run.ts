/** What a page holds of a run. */

import type { RunId } from "../../protocol/ids.ts";
import type { Value } from "../../protocol/values.ts";
import type { InitOptions } from "../init-options.ts";
import type { NotedValues } from "../noted-values.ts";
import type { AnyMetrics, LogOptions, LogValues, RunStats } from "../run.ts";

/** Options of `init` in a page: those of scripts, without a folder, and with the server that is to have the run. */
export interface BrowserInitOptions<Config extends object = object>
  extends Omit<InitOptions<Config>, "dir" | "exitTimeoutMs" | "serverUrl" | "writeToken"> {
  /** The link that `trackio show` prints, or the server's address. */
  readonly serverUrl: string;
  /** What lets the page write there. Default: `write_token` of the address. Whoever can see the page can see it. */
  readonly writeToken?: string | undefined;
}

export interface FinishOptions {
  /** So long it waits, at most, until the server has all of the run; 10,000 unless told. */
  readonly timeoutMs?: number | undefined;
}

/** What is left to be sent. */
export interface Unsent {
  /** Of journals. */
  readonly bytes: number;
  /** Pictures and parts of tables. */
  readonly blobs: number;
}

/** What `finish()` resolves to. */
export interface BrowserReport extends RunStats {
  readonly project: string;
  readonly name: string;
  readonly id: RunId;
  /** From `init` to `finish`. */
  readonly durationMs: number;
  /** All that was told on the console, one line for each kind of trouble. */
  readonly warnings: readonly string[];
  /** What the server does not have yet. It is kept in this browser and sent while the page is open, else by the next `init` for the same server. Absent where there is nothing. */
  readonly unsent?: Unsent & { readonly serverUrl: string };
}

/** A run. After `init` nothing of it ever throws: trouble becomes one warning on the console and a counter in {@link BrowserRun.stats}. */
export interface BrowserRun<
  Config extends object = { readonly [key: string]: Value },
  Metrics extends object = AnyMetrics,
> extends AsyncDisposable {
  readonly id: RunId;
  readonly name: string;
  /** The project's name as it was given. */
  readonly project: string;
  /** Hyperparameters. `set` merges; a key of the name `set` is kept but has no property. */
  readonly config: NotedValues<Config>;
  /** Results that the page sets itself, e.g. the best accuracy. `set` merges. */
  readonly summary: NotedValues<{ [key: string]: Value }>;
  /** Resolves when the server has the run; rejects where it never will. Nobody has to wait for it or catch it. */
  readonly ready: Promise<void>;

  /** Keeps the values: they are this browser's less than 50 ms after the call, at once with {@link flush}, and outlive the page. */
  log<Given extends object>(values: LogValues<Metrics, Given>, options?: LogOptions): void;
  /** Resolves when all that was logged is kept in this browser, whatever becomes of the page. */
  flush(): Promise<void>;
  stats(): RunStats;
  /** Marks the run finished, and waits until the server has all of it. Further calls give the same. */
  finish(options?: FinishOptions): Promise<BrowserReport>;
}

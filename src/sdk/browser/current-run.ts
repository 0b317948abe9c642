/** The functions of `trackio/browser`: `init` opens a run, the others act on the latest. */

import { TrackioError } from "../../protocol/errors.ts";
import type { Value } from "../../protocol/values.ts";
import { provideTables } from "../lazy-media.ts";
import type { AnyMetrics, LogOptions, LogValues } from "../run.ts";
import * as tableEncoding from "../table-encoding.ts";
import { Warnings } from "../warnings.ts";
import { beginRun, checkPageOptions } from "./begin-run.ts";
import type {
  BrowserInitOptions,
  BrowserReport,
  BrowserRun,
  FinishOptions,
} from "./browser-run.ts";
import { DisabledPageRun } from "./disabled-page-run.ts";
import { PageRun } from "./page-run.ts";

// A page has no files to load them from later.
provideTables(tableEncoding);

/** What the functions need of a run, whatever its types. */
interface LatestRun {
  log(values: object, options?: LogOptions): void;
  flush(): Promise<void>;
  finish(options?: FinishOptions): Promise<BrowserReport>;
}

let latest: LatestRun | undefined;

/**
 * Opens a run and makes it the one that {@link log} and {@link finish} act on. What pages before this one could not send
 * to the same server is sent, too.
 *
 *     const run = trackio.init({ project: "mnist", serverUrl: "http://127.0.0.1:7860/?write_token=…" });
 *     trackio.log({ loss: 0.5 });
 *     await trackio.finish();
 *
 * A page that is closed without {@link finish} leaves its run to be told as lost, after five minutes.
 *
 * @throws {@link TrackioError} `invalid_argument` for options that cannot be meant, naming value, place and remedy.
 */
export function init<
  Config extends object = { readonly [key: string]: Value },
  Metrics extends object = AnyMetrics,
>(options: BrowserInitOptions<Config>): BrowserRun<Config, Metrics> {
  const checked = checkPageOptions(options);
  const warnings = new Warnings((line) => console.warn(line));
  if (checked.isDisabled) {
    const disabled = new DisabledPageRun<Config, Metrics>(checked);
    latest = disabled;
    return disabled;
  }
  const run = new PageRun<Config, Metrics>(beginRun(checked, warnings, Date.now()), warnings);
  latest = run;
  return run;
}

/**
 * Keeps values in the latest run; see {@link BrowserRun.log}. Never throws after {@link init}.
 * @throws {@link TrackioError} `invalid_argument` before the first `init`.
 */
export function log<Given extends object>(
  values: LogValues<AnyMetrics, Given>,
  options?: LogOptions,
): void {
  latestRun("log").log(values, options);
}

/**
 * Resolves when all that was logged is kept in this browser; see {@link BrowserRun.flush}.
 * @throws {@link TrackioError} `invalid_argument` before the first `init`.
 */
export function flush(): Promise<void> {
  return latestRun("flush").flush();
}

/**
 * Ends the latest run; see {@link BrowserRun.finish}.
 * @throws {@link TrackioError} `invalid_argument` before the first `init`.
 */
export function finish(options?: FinishOptions): Promise<BrowserReport> {
  return latestRun("finish").finish(options);
}

function latestRun(name: string): LatestRun {
  if (latest !== undefined) return latest;
  throw new TrackioError(
    "invalid_argument",
    `trackio.${name}() was called before there was a run; call trackio.init({ project: "…", serverUrl: "…" }) first.`,
  );
}

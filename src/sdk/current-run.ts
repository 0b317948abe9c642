/** The functions of the module: `init` opens a run, the others act on the latest. */

import type { DataFolder } from "../journal/data-folder.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { SavedFile } from "../protocol/media.ts";
import type { Value } from "../protocol/values.ts";
import { describeError } from "./describe-value.ts";
import { DisabledRun } from "./disabled-run.ts";
import { type CheckedServer, checkInitOptions, type InitOptions } from "./init-options.ts";
import { LocalRun } from "./local-run.ts";
import type { FileUrl } from "./media/media-values.ts";
import { openRun } from "./open-run.ts";
import { recallToken, rememberToken } from "./remote/server-tokens.ts";
import type { AnyMetrics, FinishOptions, LogOptions, LogValues, Run, RunReport } from "./run.ts";
import { isOwnServer } from "./server-link.ts";
import { Warnings } from "./warnings.ts";

/** What the functions need of a run, whatever its types. */
interface LatestRun {
  log(values: object, options?: LogOptions): void;
  save(path: string | FileUrl): readonly SavedFile[];
  finish(options?: FinishOptions): Promise<RunReport>;
}

let latest: LatestRun | undefined;

/**
 * Opens a run and makes it the one that {@link log} and {@link finish} act on.
 * Synchronous: when it returns the run is on disk. A run that is still open stays so.
 *
 * Without {@link finish} the run ends with the script: finished where that
 * exits with code 0, else failed, with the error's text or the signal's name.
 *
 *     const run = trackio.init({ project: "mnist", config: { lr: 0.001 } });
 *     trackio.log({ loss: 0.5 });
 *     await trackio.finish();
 *
 * @throws {@link TrackioError} for options that cannot be meant, naming value, place and remedy; for
 * `resume: "must"` without such a run (`not_found`); for an `id` that is taken (`conflict`) or was deleted
 * (`deleted`); where the data folder cannot be written to (`unavailable`, `storage_full`).
 */
export function init<
  Config extends object = { readonly [key: string]: Value },
  Metrics extends object = AnyMetrics,
>(options: InitOptions<Config>): Run<Config, Metrics> {
  const nowMs = Date.now();
  const checked = checkInitOptions(options, process.env);
  const run = checked.isDisabled
    ? new DisabledRun<Config, Metrics>(checked)
    : openLocalRun<Config, Metrics>(checked, nowMs);
  latest = run;
  return run;
}

/**
 * Keeps values in the latest run; see {@link Run.log}. Never throws after {@link init}.
 * @throws {@link TrackioError} `invalid_argument` before the first `init`.
 */
export function log<Given extends object>(
  values: LogValues<AnyMetrics, Given>,
  options?: LogOptions,
): void {
  latestRun("log").log(values, options);
}

/**
 * Keeps a file with the project of the latest run; see {@link Run.save}. Never throws after {@link init}.
 * @throws {@link TrackioError} `invalid_argument` before the first `init`.
 */
export function save(path: string | FileUrl): readonly SavedFile[] {
  return latestRun("save").save(path);
}

/**
 * Ends the latest run; see {@link Run.finish}.
 * @throws {@link TrackioError} `invalid_argument` before the first `init`.
 */
export function finish(options?: FinishOptions): Promise<RunReport> {
  return latestRun("finish").finish(options);
}

function openLocalRun<Config extends object, Metrics extends object>(
  options: ReturnType<typeof checkInitOptions>,
  nowMs: number,
): LocalRun<Config, Metrics> {
  const warnings = new Warnings();
  const opened = openRun(options, warnings, nowMs);
  const { server } = options;
  if (server === undefined || isOwnServer(opened.folder, server.url))
    return new LocalRun<Config, Metrics>(opened, warnings);
  const token = findToken(opened.folder, server, warnings);
  return new LocalRun<Config, Metrics>(opened, warnings, { ...server, token });
}

/** The token that was given, kept for `trackio sync` where the script itself named it; else the one that was kept. */
function findToken(
  folder: DataFolder,
  { url, token, isTokenGiven }: CheckedServer,
  warnings: Warnings,
): string | undefined {
  try {
    if (token !== undefined && isTokenGiven) rememberToken(folder, url, token);
    return token ?? recallToken(folder, url);
  } catch (error) {
    warnings.warn(
      "token",
      `${folder.serverTokensFile} cannot be used (${describeError(error)}); \`trackio sync\` will need TRACKIO_WRITE_TOKEN.`,
    );
    return token;
  }
}

function latestRun(name: string): LatestRun {
  if (latest !== undefined) return latest;
  throw new TrackioError(
    "invalid_argument",
    `trackio.${name}() was called before there was a run; call trackio.init({ project: "…" }) first.`,
  );
}

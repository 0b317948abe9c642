/** What `import * as trackio from "trackio"` gives. */

export { type ErrorCode, TrackioError } from "../protocol/errors.ts";
export type { RunId } from "../protocol/ids.ts";
export type { NumberArray, Value } from "../protocol/values.ts";
export { finish, init, log } from "./current-run.ts";
export type { InitOptions } from "./init-options.ts";
export type { NotedValues } from "./noted-values.ts";
export type {
  AnyMetrics,
  Kept,
  LogOptions,
  LogValues,
  Run,
  RunReport,
  RunStats,
} from "./run.ts";

/** What `import * as trackio from "trackio"` gives. */

export { type ErrorCode, TrackioError } from "../protocol/errors.ts";
export type { RunId } from "../protocol/ids.ts";
export type { SavedFile } from "../protocol/media.ts";
export type { NumberArray, Value } from "../protocol/values.ts";
export { finish, init, log, save } from "./current-run.ts";
export type { InitOptions } from "./init-options.ts";
export { Audio, type AudioClass, type AudioOptions, type AudioValue } from "./media/audio.ts";
export { Image, type ImageClass, type ImageOptions, type ImageValue } from "./media/image.ts";
export type { ArqueroTable, ArrowTable, DataFrame, PolarsFrame } from "./media/media-values.ts";
export { Video, type VideoClass, type VideoOptions, type VideoValue } from "./media/video.ts";
export type { NotedValues } from "./noted-values.ts";
export type {
  AnyMetrics,
  FinishOptions,
  Kept,
  LoggedValue,
  LogOptions,
  LogValues,
  Run,
  RunReport,
  RunStats,
  UnsentRest,
} from "./run.ts";
export {
  Table,
  type TableClass,
  type TableColumnValues,
  type TableGiven,
  type TableOptions,
  type TableRow,
  type TableValue,
} from "./table/table.ts";

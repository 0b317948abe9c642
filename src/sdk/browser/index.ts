/** What `import * as trackio from "trackio/browser"` gives: runs of a page, kept in the browser and sent to a server. */

export { type ErrorCode, TrackioError } from "../../protocol/errors.ts";
export type { RunId } from "../../protocol/ids.ts";
export type { NumberArray, Value } from "../../protocol/values.ts";
export type { NotedValues } from "../noted-values.ts";
export type { AnyMetrics, Kept, LoggedValue, LogOptions, LogValues, RunStats } from "../run.ts";
export {
  Table,
  type TableClass,
  type TableColumnValues,
  type TableGiven,
  type TableOptions,
  type TableRow,
  type TableValue,
} from "../table/table.ts";
export type {
  BrowserInitOptions,
  BrowserReport,
  BrowserRun,
  FinishOptions,
} from "./browser-run.ts";
export { finish, flush, init, log } from "./current-run.ts";
export {
  type BlobLike,
  type Drawable,
  Image,
  type ImageClass,
  type ImageOptions,
  type ImageValue,
} from "./image.ts";

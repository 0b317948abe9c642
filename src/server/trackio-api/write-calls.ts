/** The calls that write: records, alerts, files; deleting and renaming. */

import type { TrackioCall } from "./trackio-call.ts";

export const WRITE_CALLS: readonly TrackioCall[] = [];

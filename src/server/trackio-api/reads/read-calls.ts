/** The calls that read. */

import type { TrackioCall } from "../trackio-call.ts";

export const READ_CALLS: readonly TrackioCall[] = [];

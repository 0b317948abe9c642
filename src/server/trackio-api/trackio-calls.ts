/** Every call that a Trackio client may make: those that write, those of artifacts, and those that read. */

import { ARTIFACT_CALLS } from "./artifact-calls.ts";
import { READ_CALLS } from "./reads/read-calls.ts";
import type { TrackioCall } from "./trackio-call.ts";
import { WRITE_CALLS } from "./write-calls.ts";

export const TRACKIO_CALLS: readonly TrackioCall[] = [
  ...WRITE_CALLS,
  ...ARTIFACT_CALLS,
  ...READ_CALLS,
];

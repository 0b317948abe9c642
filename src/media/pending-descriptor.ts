/** What the small JSON files among the pending ones hold. */

import type { Writer } from "../protocol/run.ts";

/** `.path`: a file that was too large to copy within `log()`. It is taken only as long as size and time are these. */
export interface PathDescriptor {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Where the path means something. */
  readonly host: string;
}

/** `.awaited`: a picture that a process is still rendering. */
export interface AwaitedDescriptor {
  /** For people, e.g. `a canvas`. */
  readonly what: string;
  readonly process: Omit<Writer, "id">;
  /** Tells two of them apart. */
  readonly nonce: string;
}

/** `.making`: who is at it, and how many were before that ended in the middle of it. */
export interface ClaimNote {
  readonly process: Omit<Writer, "id">;
  readonly lostMakers: number;
}

/** `.failed`: why there is no blob. */
export interface FailedBlob {
  /** A sentence for people. */
  readonly reason: string;
}

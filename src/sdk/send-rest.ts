/**
 * The last moments of a script whose runs go to a server: it waits for what is
 * still to be sent, as long as the script allows, without a turn of the event
 * loop. What is left then lies on this machine's disk, as all of it does.
 */

import { journalThread } from "./journal-thread.ts";
import type { Drained } from "./remote/sending.ts";

/** A run that a server is still to have all of; the methods never throw. */
export interface SendingRun {
  /** Its journals that are not all there. */
  unsentPaths(): readonly string[];
  /** Bytes of its journals that are not there, as far as is noted. */
  unsentBytes(): number;
  /** So long the end of the script may yet wait for it. */
  exitLimitMs(): number;
  /** Whether the server did not answer when it was last asked, and not only once. */
  isServerAway(): boolean;
  /** A person was told that the server is away; the run does not say it again. */
  onToldAway(): void;
  /** Where it goes, and where it lies. */
  readonly places: { readonly serverUrl: string; readonly root: string };
  /** The script is gone now. */
  onLeave(): void;
}

/** So long a person sees nothing of the waiting. */
const SILENT_MS = 1_000;

/** @param limitMs Where given, no run is waited for longer. Throws nothing. */
export function sendRest(runs: readonly SendingRun[], limitMs = Number.POSITIVE_INFINITY): void {
  const waiting = runs.filter((run) => run.unsentPaths().length > 0);
  const longestMs = Math.min(limitMs, Math.max(0, ...waiting.map((run) => run.exitLimitMs())));
  if (waiting.length === 0 || longestMs <= 0) return;
  const paths = waiting.flatMap((run) => run.unsentPaths());
  try {
    const drained = journalThread.drainNow(paths, Math.min(SILENT_MS, longestMs));
    const restMs = longestMs - SILENT_MS;
    if (drained?.isFutile || restMs <= 0) return;
    tell(waiting, drained, restMs);
    if (drained?.trouble !== undefined) for (const run of waiting) run.onToldAway();
    journalThread.drainNow(paths, restMs);
  } catch {
    // Where a thread cannot wait at all, what is left is sent another time.
  }
}

/** `1.2 MB and 3 blobs`; what is nothing is left out. */
export function describeUnsent(left: { readonly bytes: number; readonly blobs: number }): string {
  const blobs = left.blobs === 1 ? "1 picture or file" : `${left.blobs} pictures and files`;
  const parts = [
    ...(left.bytes > 0 ? [formatBytes(left.bytes)] : []),
    ...(left.blobs > 0 ? [blobs] : []),
  ];
  return parts.join(" and ") || "the last lines";
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function tell(runs: readonly SendingRun[], drained: Drained | undefined, restMs: number): void {
  const { serverUrl, root } = runs[0]!.places;
  const noted = { bytes: runs.reduce((sum, run) => sum + run.unsentBytes(), 0), blobs: 0 };
  const parts = drained === undefined ? [noted] : [drained.left, drained.leftEarlier];
  const what = describeUnsent({
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    blobs: parts.reduce((sum, { blobs }) => sum + blobs, 0),
  });
  const why = drained?.trouble === undefined ? "" : `: ${drained.trouble}`;
  const line = `trackio: waiting up to ${Math.ceil(restMs / 1_000)} s for ${what} to reach ${serverUrl}${why}. Nothing is lost: what is left then stays in ${root} and goes with the next run there, or with \`trackio sync\`.\n`;
  try {
    const { writeSync } = process.getBuiltinModule("node:fs");
    writeSync(2, line);
  } catch {
    // A terminal that is gone: there is nobody to tell.
  }
}

/** A moment as Trackio for Python writes it: `2026-11-22T21:51:14.608602+00:00`. */

/** @param epochMs Epoch milliseconds; its fractions are kept to the microsecond. */
export function isoTime(epochMs: number): string {
  const micros = Math.round(epochMs * 1000);
  const seconds = Math.floor(micros / 1e6);
  const date = new Date(seconds * 1000);
  // Years beyond 9999 have no place in the form; nothing of this protocol comes from there.
  const text = Number.isNaN(date.getTime())
    ? "1970-01-01T00:00:00"
    : date.toISOString().slice(0, 19);
  return `${text}.${String(micros - seconds * 1e6).padStart(6, "0")}+00:00`;
}

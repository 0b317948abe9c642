/** A part of a table as Parquet. */

import { TrackioError } from "../protocol/errors.ts";

/**
 * Writes the raw table at `rawFilePath` as a Parquet file to `outPath`, which is made or replaced; it is not synced.
 * Memory stays bounded whatever the size.
 * @throws {@link TrackioError} `damaged` where it is no raw table.
 */
export function encodeTableParquet(rawFilePath: string, outPath: string): Promise<void> {
  throw new TrackioError("unavailable", `${rawFilePath} → ${outPath}: not there yet.`);
}

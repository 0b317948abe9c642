/** Which values of records and traces hold pictures, videos, sounds, tables or other files. */

import type { Json } from "../protocol/json.ts";
import { isMediaKind, type MediaRef, mediaIn } from "../protocol/media.ts";
import { decodeValue } from "../protocol/values.ts";
import type { RecordBlock } from "./store.ts";

/** Media of one value: `row` is the record's in the block, `column` the key's in the key set. */
export interface FoundMedia {
  readonly row: number;
  readonly column: number;
  readonly media: readonly MediaRef[];
}

/** All media of a block, by record, then by key. Of what has none nothing is decoded. */
export function findMedia(block: RecordBlock): FoundMedia[] {
  const found: FoundMedia[] = [];
  block.columns.forEach(({ kind, values }, column) => {
    if (kind === "numbers") return;
    for (let row = 0; row < values.length; row++) {
      const json = values[row] as Json;
      if (mayHoldMedia(json)) found.push({ row, column, media: mediaIn(decodeValue(json)) });
    }
  });
  return found.sort((a, b) => a.row - b.row || a.column - b.column);
}

/** All media of a value in the form of `encodeValue`. */
export function mediaInJson(json: Json): readonly MediaRef[] {
  return mayHoldMedia(json) ? mediaIn(decodeValue(json)) : [];
}

/** Whether there is the form of a picture, video, sound, table or file in `json`. */
function mayHoldMedia(json: Json): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (Array.isArray(json)) return (json as readonly Json[]).some(mayHoldMedia);
  const { $: kind, v } = json as { readonly [key: string]: Json };
  if (kind === undefined) return Object.values(json).some(mayHoldMedia);
  if (isMediaKind(kind)) return true;
  return (kind === "object" || kind === "entries") && typeof v === "object" && v !== null
    ? Object.values(v).some(mayHoldMedia)
    : false;
}

/** A step as media have it: a number, rounded beyond 2^53, and 0 for −0. */
export function mediaStep(step: number | bigint): number {
  return Number(step) + 0;
}

/** Ids of records: which of them a lane has already. Those of 32 hexadecimal digits lie in packs, all others as texts. */

import type { Database } from "./database.ts";
import { toExactText } from "./exact-text.ts";
import { addIds, markKnownIds, type PackGuides, removeSomeIds } from "./id-packs.ts";
import { compareIds, hexIdWords, isHexId, pickIds, sortedIds } from "./id-words.ts";

/** Texts that a slice of sweeping removes. */
const SWEEP_TEXTS = 4096;

/**
 * Adds ids to those of a lane. Marks the ones that it has already, or that a record written before gives: of equal ids
 * that with the lowest of `records` is new.
 */
export function takeIds(
  db: Database,
  guides: PackGuides,
  lane: number,
  ids: readonly string[],
  records: Float64Array,
): Uint8Array {
  const marks = new Uint8Array(ids.length);
  const [hexRows, textRows]: [number[], number[]] = [[], []];
  for (let row = 0; row < ids.length; row++) (isHexId(ids[row]!) ? hexRows : textRows).push(row);
  if (hexRows.length > 0) takeHexIds(db, guides, lane, { ids, records, rows: hexRows }, marks);
  textRows.sort((a, b) => records[a]! - records[b]!);
  const sql = "INSERT INTO text_ids (run, id) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1";
  for (const row of textRows) {
    if (db.get(sql, lane, toExactText(ids[row]!)) === undefined) marks[row] = 1;
  }
  return marks;
}

/** Removes some ids of a deleted lane, inside the caller's transaction; false where there are none. */
export function sweepIds(db: Database, lane: number): boolean {
  if (removeSomeIds(db, lane)) return true;
  db.run(
    "DELETE FROM text_ids WHERE run = ?1 AND id IN (SELECT id FROM text_ids WHERE run = ?1 LIMIT ?2)",
    lane,
    SWEEP_TEXTS,
  );
  return db.changes() > 0;
}

/** Some of the ids of a batch. */
interface SomeIds {
  readonly ids: readonly string[];
  readonly records: Float64Array;
  readonly rows: readonly number[];
}

function takeHexIds(
  db: Database,
  guides: PackGuides,
  lane: number,
  { ids, records, rows }: SomeIds,
  marks: Uint8Array,
): void {
  const words = hexIdWords(rows.map((row) => ids[row]!));
  const places = sortedIds(words);
  const different = new Uint32Array(places.length);
  let count = 0;
  for (const place of places) {
    const before = count > 0 ? different[count - 1]! : place;
    if (count === 0 || compareIds(words, before, words, place) !== 0) {
      different[count++] = place;
      continue;
    }
    const isEarlier = records[rows[place]!]! < records[rows[before]!]!;
    marks[rows[isEarlier ? before : place]!] = 1;
    if (isEarlier) different[count - 1] = place;
  }
  const candidates = different.subarray(0, count);
  const known = markKnownIds(db, guides, lane, pickIds(words, candidates));
  candidates.forEach((place, i) => {
    if (known[i] === 1) marks[rows[place]!] = 1;
  });
  const fresh = candidates.filter((_, i) => known[i] === 0);
  addIds(db, guides, lane, pickIds(words, fresh));
}

/**
 * Media of folded records. Every picture, video, sound and table has a row
 * under its run, key and kind, in the order of records, so that a page of them
 * costs what it holds; what is listed without looking at them (counts, steps,
 * blobs of a run) is counted here, once.
 */

import { seriesKey } from "../../protocol/journal-line.ts";
import { blobsOf, type MediaRef, type TableFields } from "../../protocol/media.ts";
import { type FoundMedia, findMedia, mediaStep } from "../media-in-records.ts";
import type { RecordBlock } from "../store.ts";
import { referToBlob } from "./blob-references.ts";
import type { Database } from "./database.ts";
import { stepAt } from "./records.ts";

/** Where an item lies among those of its step: columns of a record, then places in a value, as one number. */
const COLUMN_PLACES = 2 ** 32;

/** What a batch adds to the media of one kind under one key. */
interface Added {
  readonly id: number;
  itemCount: number;
  stepCount: number;
  mostAtOnce: number;
  firstStep: number;
  lastStep: number;
  lastTime: number;
}

/** Takes note of the media of records; tells whether there were any, and whether under a key that the run did not have. */
export function takeMedia(
  db: Database,
  run: number,
  writer: number,
  blocks: readonly RecordBlock[],
): { readonly hasMedia: boolean; readonly newKeys: boolean } {
  const fold = new MediaFold(db, run, writer);
  const found = blocks.flatMap((block) => findMedia(block).map((media) => ({ block, media })));
  const recordOf = ({ block, media }: (typeof found)[number]) => block.records[media.row]!;
  for (const { block, media } of found.sort((a, b) => recordOf(a) - recordOf(b))) {
    fold.take(block, media);
  }
  fold.finish();
  return { hasMedia: fold.hasMedia, newKeys: fold.newKeys };
}

class MediaFold {
  hasMedia = false;
  newKeys = false;
  readonly #db: Database;
  readonly #run: number;
  readonly #writer: number;
  readonly #added = new Map<string, Added>();

  constructor(db: Database, run: number, writer: number) {
    this.#db = db;
    this.#run = run;
    this.#writer = writer;
  }

  take(block: RecordBlock, { row, column, media }: FoundMedia): void {
    const key = seriesKey(block.keys[column]!);
    const step = mediaStep(stepAt(block.steps, row));
    const record = block.records[row]!;
    media.forEach((ref, index) => {
      const place = column * COLUMN_PLACES + index;
      this.#addItem(key, ref, { step, record, place, time: block.times[row]! });
    });
  }

  /** Writes what was counted. */
  finish(): void {
    for (const added of this.#added.values()) {
      this.#db.run(
        `UPDATE media SET item_count = item_count + ?, step_count = step_count + ?, most_at_once = max(most_at_once, ?),
           first_step = min(first_step, ?), last_step = max(last_step, ?), last_time = max(last_time, ?) WHERE id = ?`,
        added.itemCount,
        added.stepCount,
        added.mostAtOnce,
        added.firstStep,
        added.lastStep,
        added.lastTime,
        added.id,
      );
    }
  }

  #addItem(
    key: string,
    media: MediaRef,
    at: {
      readonly step: number;
      readonly record: number;
      readonly place: number;
      readonly time: number;
    },
  ): void {
    const { step, record, place, time } = at;
    const added = this.#addedUnder(key, media.kind, step, time);
    this.hasMedia = true;
    this.#db.run(
      "INSERT INTO media_items (media, step, writer, record, place, time, fields) VALUES (?, ?, ?, ?, ?, ?, ?)",
      added.id,
      step,
      this.#writer,
      record,
      place,
      time,
      JSON.stringify(media.fields),
    );
    const counted = this.#db.get(
      `INSERT INTO media_steps (media, step, item_count) VALUES (?, ?, 1)
       ON CONFLICT DO UPDATE SET item_count = item_count + 1 RETURNING item_count AS n`,
      added.id,
      step,
    );
    const atStep = counted?.n as number;
    added.itemCount += 1;
    if (atStep === 1) added.stepCount += 1;
    added.mostAtOnce = Math.max(added.mostAtOnce, atStep);
    added.firstStep = Math.min(added.firstStep, step);
    added.lastStep = Math.max(added.lastStep, step);
    added.lastTime = Math.max(added.lastTime, time);
    for (const blob of blobsOf(media)) referToBlob(this.#db, blob, this.#run);
    if (media.kind === "table") this.#addParts(media.fields as TableFields, record, place);
  }

  /** The parts that a table has from here on. */
  #addParts(fields: TableFields, record: number, place: number): void {
    this.#db.run(
      "INSERT INTO table_parts (run, table_id, writer, record, place, rows_before, parts) VALUES (?, ?, ?, ?, ?, ?, ?)",
      this.#run,
      fields.table,
      this.#writer,
      record,
      place,
      fields.before,
      JSON.stringify(fields.parts),
    );
  }

  #addedUnder(key: string, kind: string, step: number, time: number): Added {
    const name = `${kind} ${key}`;
    let added = this.#added.get(name);
    if (added === undefined) {
      const id = this.#ensureMedia(key, kind, step, time);
      const counts = { itemCount: 0, stepCount: 0, mostAtOnce: 0 };
      added = { id, ...counts, firstStep: step, lastStep: step, lastTime: time };
      this.#added.set(name, added);
    }
    return added;
  }

  #ensureMedia(key: string, kind: string, step: number, time: number): number {
    const known = this.#db.get(
      "SELECT id FROM media WHERE run = ? AND key = ? AND kind = ?",
      this.#run,
      key,
      kind,
    );
    if (known) return known.id as number;
    this.newKeys = true;
    return this.#db.run(
      `INSERT INTO media (run, key, kind, item_count, step_count, most_at_once, first_step, last_step, last_time)
       VALUES (?, ?, ?, 0, 0, 0, ?, ?, ?)`,
      this.#run,
      key,
      kind,
      step,
      step,
      time,
    );
  }
}

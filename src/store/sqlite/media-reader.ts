/** Listing and paging media. A page costs by what is on it: what many runs have is merged from the newest step down. */

import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { type MediaFields, type MediaKind, MediaRef } from "../../protocol/media.ts";
import type { MediaItem, MediaQuery, MediaSummary } from "../media-reads.ts";
import { runRow } from "./catalogue.ts";
import type { Database, SqlRow } from "./database.ts";

/** By run as asked, then key as first logged. */
export function listMedia(
  db: Database,
  project: ProjectKey,
  runs: readonly RunId[],
): MediaSummary[] {
  return runs.flatMap((run) => {
    const row = runRow(db, project, run);
    if (row === undefined) return [];
    return db.all("SELECT * FROM media WHERE run = ? ORDER BY id", row).map(
      (media): MediaSummary => ({
        run,
        key: media.key as string,
        kind: media.kind as MediaKind,
        itemCount: media.item_count as number,
        stepCount: media.step_count as number,
        mostAtOnce: media.most_at_once as number,
        firstStep: media.first_step as number,
        lastStep: media.last_step as number,
        lastTime: media.last_time as number,
      }),
    );
  });
}

/** The row of `media` of a kind under a key of a run; undefined where it has none. */
export function mediaRow(
  db: Database,
  project: ProjectKey,
  run: RunId,
  key: string,
  kind: MediaKind,
): { readonly run: number; readonly id: number } | undefined {
  const row = runRow(db, project, run);
  if (row === undefined) return undefined;
  const sql = "SELECT id FROM media WHERE run = ? AND key = ? AND kind = ?";
  const id = db.get(sql, row, key, kind)?.id as number | undefined;
  return id === undefined ? undefined : { run: row, id };
}

export function readMediaSteps(
  db: Database,
  query: Pick<MediaQuery, "project" | "key" | "kind" | "runs">,
): { readonly run: RunId; readonly steps: Float64Array }[] {
  return query.runs.flatMap((run) => {
    const media = mediaRow(db, query.project, run, query.key, query.kind);
    if (media === undefined) return [];
    const rows = db.all("SELECT step FROM media_steps WHERE media = ? ORDER BY step", media.id);
    return [{ run, steps: Float64Array.from(rows, ({ step }) => step as number) }];
  });
}

/** Newest step first; within a step by run as asked, then by index. No step is cut. */
export function readMedia(db: Database, query: MediaQuery): MediaItem[] {
  const share = Math.ceil(query.limit / Math.max(1, query.runs.length)) + 1;
  const sources = query.runs.flatMap((run) => {
    const media = mediaRow(db, query.project, run, query.key, query.kind);
    return media === undefined ? [] : [new MediaSource(db, { run, id: media.id }, query, share)];
  });
  const items: MediaItem[] = [];
  while (items.length < query.limit) {
    const steps = sources.map((source) => source.newestStep() ?? Number.NEGATIVE_INFINITY);
    const step = steps.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    if (step === Number.NEGATIVE_INFINITY) break;
    sources.forEach((source, i) => {
      if (steps[i] !== step) return;
      for (const item of source.takeStep()) items.push(item);
    });
  }
  return items;
}

/** The media of one run, from the newest step down. */
class MediaSource {
  readonly #db: Database;
  readonly #run: RunId;
  readonly #media: number;
  readonly #key: string;
  readonly #kind: MediaKind;
  readonly #from: number;
  /** What is still to be read lies below this step, or at it; undefined where nothing is. */
  #below: { readonly step: number; readonly orAt: boolean } | undefined;
  /** Steps that were read and not taken, the newest last. */
  #steps: { readonly step: number; readonly rows: SqlRow[] }[] = [];
  /** So many items are read next. */
  #count: number;

  constructor(
    db: Database,
    media: { readonly run: RunId; readonly id: number },
    query: MediaQuery,
    count: number,
  ) {
    this.#db = db;
    this.#run = media.run;
    this.#media = media.id;
    this.#key = query.key;
    this.#kind = query.kind;
    this.#from = query.from ?? Number.NEGATIVE_INFINITY;
    const { to = Number.POSITIVE_INFINITY, before = Number.POSITIVE_INFINITY } = query;
    this.#below = before <= to ? { step: before, orAt: false } : { step: to, orAt: true };
    this.#count = count;
  }

  /** The newest step that was not taken yet; undefined at the end. */
  newestStep(): number | undefined {
    if (this.#steps.length === 0 && this.#below !== undefined) this.#read(this.#below);
    return this.#steps.at(-1)?.step;
  }

  /** The items of the newest step. */
  takeStep(): MediaItem[] {
    const { step, rows } = this.#steps.pop()!;
    return rows.map((row, index) => ({
      run: this.#run,
      key: this.#key,
      step,
      time: row.time as number,
      index,
      media: mediaOf(this.#kind, row),
    }));
  }

  #read({ step, orAt }: { readonly step: number; readonly orAt: boolean }): void {
    const rows = this.#db.all(
      `SELECT step, time, fields FROM media_items WHERE media = ? AND step >= ? AND step ${orAt ? "<=" : "<"} ?
       ORDER BY step DESC, writer DESC, record DESC, place DESC LIMIT ?`,
      this.#media,
      this.#from,
      step,
      this.#count,
    );
    const isAll = rows.length < this.#count;
    this.#count *= 2;
    for (const row of rows.toReversed()) {
      const last = this.#steps.at(-1);
      if (last !== undefined && last.step === row.step) last.rows.push(row);
      else this.#steps.push({ step: row.step as number, rows: [row] });
    }
    const oldest = isAll ? undefined : this.#steps[0]?.step;
    this.#below = oldest === undefined ? undefined : { step: oldest, orAt: false };
    // The oldest step may have been cut.
    if (oldest !== undefined) this.#steps[0] = { step: oldest, rows: this.#rowsOf(oldest) };
  }

  #rowsOf(step: number): SqlRow[] {
    return this.#db.all(
      `SELECT step, time, fields FROM media_items WHERE media = ? AND step = ?
       ORDER BY writer, record, place`,
      this.#media,
      step,
    );
  }
}

/** A row of `media_items` as what was logged. */
export function mediaOf<Kind extends MediaKind>(kind: Kind, row: SqlRow): MediaRef<Kind> {
  return new MediaRef(kind, JSON.parse(row.fields as string) as MediaFields[Kind]);
}

/**
 * Packs of ids. Ids are random, so that a table of them would change one of its
 * pages for each new one. Instead the new ids of a fold become a pack: a list
 * in order, in pages, with a filter. Four packs of one size become one, up to a
 * million ids, so that a lane has few packs and an id is written few times. A
 * pack never changes, so that its filter may be remembered.
 */

import { DamagedData, decodeAt } from "./damage.ts";
import type { Database } from "./database.ts";
import { createFilter, hashIds, mayHave } from "./id-filter.ts";
import { hasId, mergeIds, WORDS, wordsIn } from "./id-words.ts";

/** Ids of a page: it fits into one page of SQLite. */
const PAGE_IDS = 252;
/** Packs that are merged at once; also how much larger those of the next size are. */
const MERGED_PACKS = 4;
/** Packs from this size on are left alone. */
const LARGE_PACK_IDS = MERGED_PACKS ** 9;
/** Bytes of filters that are remembered. */
const REMEMBERED_BYTES = 64 * 2 ** 20;

/** Where `pack` and `page` lie in the table. */
const PAGE_ID = "(? << 20) | ?";

interface PackRow {
  readonly id: number;
  readonly count: number;
}

/** What is looked at of a pack before its pages. */
interface PackGuide {
  readonly filter: Uint8Array;
  /** The highest word of the first id of each page. */
  readonly firsts: Uint32Array;
}

/** The guides of packs that were used last. They stay right: no pack changes, nor is its number given again. */
export class PackGuides {
  readonly #guides = new Map<number, PackGuide>();
  #bytes = 0;

  read(db: Database, pack: number): PackGuide {
    const guide = this.#guides.get(pack) ?? readGuide(db, pack);
    if (!this.#guides.delete(pack)) this.#bytes += bytesOf(guide);
    this.#guides.set(pack, guide);
    for (const oldest of this.#guides.keys()) {
      if (this.#bytes <= REMEMBERED_BYTES || oldest === pack) break;
      this.forget(oldest);
    }
    return guide;
  }

  /** Of a pack that is no more. */
  forget(pack: number): void {
    const guide = this.#guides.get(pack);
    if (guide !== undefined) this.#bytes -= bytesOf(guide);
    this.#guides.delete(pack);
  }
}

/** Marks the ids, which are in order, that packs of the lane have. */
export function markKnownIds(
  db: Database,
  guides: PackGuides,
  lane: number,
  words: Uint32Array,
): Uint8Array {
  const marks = new Uint8Array(words.length / WORDS);
  const hashes = hashIds(words);
  for (const pack of listPacks(db, lane)) {
    const guide = guides.read(db, pack.id);
    for (let i = 0; i < marks.length; i++) {
      if (marks[i] === 1 || !mayHave(guide.filter, hashes, i)) continue;
      if (hasPackId(db, pack, guide, words, i)) marks[i] = 1;
    }
  }
  return marks;
}

/** Adds new ids, which are in order. */
export function addIds(db: Database, guides: PackGuides, lane: number, words: Uint32Array): void {
  if (words.length === 0) return;
  writePack(db, lane, words);
  for (;;) {
    const bySize = Map.groupBy(listPacks(db, lane), ({ count }) =>
      count >= LARGE_PACK_IDS ? undefined : Math.floor(Math.log(count) / Math.log(MERGED_PACKS)),
    );
    bySize.delete(undefined);
    const packs = Array.from(bySize.values()).find(({ length }) => length >= MERGED_PACKS);
    if (packs === undefined) return;
    const merged = packs.map((pack) => readIds(db, pack)).reduce(mergeIds);
    for (const pack of packs) {
      removePack(db, pack);
      guides.forget(pack.id);
    }
    writePack(db, lane, merged);
  }
}

/** Removes a pack of a lane; false where there is none. */
export function removeSomeIds(db: Database, lane: number): boolean {
  const pack = listPacks(db, lane)[0];
  if (pack !== undefined) removePack(db, pack);
  return pack !== undefined;
}

function listPacks(db: Database, lane: number): PackRow[] {
  const sql = "SELECT id, count FROM id_packs WHERE run = ? ORDER BY id";
  return db.all(sql, lane) as unknown as PackRow[];
}

function hasPackId(
  db: Database,
  pack: PackRow,
  { firsts }: PackGuide,
  words: Uint32Array,
  i: number,
): boolean {
  const word = words[i * WORDS]!;
  let [low, high] = [0, firsts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firsts[middle]! < word) low = middle + 1;
    else high = middle;
  }
  for (let page = Math.max(0, low - 1); page < firsts.length && firsts[page]! <= word; page++) {
    if (hasId(readPage(db, pack, page), words, i)) return true;
  }
  return false;
}

function readGuide(db: Database, pack: number): PackGuide {
  const row = db.get("SELECT filter, firsts FROM id_packs WHERE id = ?", pack);
  if (row === undefined) throw new DamagedData(`row ${pack} of id_packs`, "It is missing.");
  return { filter: row.filter as Uint8Array, firsts: wordsIn(row.firsts as Uint8Array) };
}

function bytesOf({ filter, firsts }: PackGuide): number {
  return filter.byteLength + firsts.byteLength;
}

/** All ids of a pack. */
function readIds(db: Database, pack: PackRow): Uint32Array {
  const words = new Uint32Array(pack.count * WORDS);
  for (let page = 0; page * PAGE_IDS < pack.count; page++) {
    words.set(readPage(db, pack, page), page * PAGE_IDS * WORDS);
  }
  return words;
}

function readPage(db: Database, pack: PackRow, page: number): Uint32Array {
  const place = `page ${page} of ids of pack ${pack.id}`;
  const row = db.get(`SELECT data FROM id_pages WHERE id = ${PAGE_ID}`, pack.id, page);
  if (row === undefined) throw new DamagedData(place, "It is missing.");
  return decodeAt(
    () => place,
    () => {
      const words = wordsIn(row.data as Uint8Array);
      const count = Math.min(PAGE_IDS, pack.count - page * PAGE_IDS);
      if (words.length === count * WORDS) return words;
      throw new RangeError(`${words.length / WORDS} ids where there should be ${count}.`);
    },
  );
}

function writePack(db: Database, lane: number, words: Uint32Array): void {
  const count = words.length / WORDS;
  const firsts = new Uint32Array(Math.ceil(count / PAGE_IDS));
  for (let page = 0; page < firsts.length; page++) firsts[page] = words[page * PAGE_IDS * WORDS]!;
  const pack = db.run(
    "INSERT INTO id_packs (run, count, filter, firsts) VALUES (?, ?, ?, ?)",
    lane,
    count,
    createFilter(words),
    new Uint8Array(firsts.buffer),
  );
  for (let page = 0; page < firsts.length; page++) {
    const ids = words.subarray(page * PAGE_IDS * WORDS, (page + 1) * PAGE_IDS * WORDS);
    const bytes = new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
    db.run(`INSERT INTO id_pages (id, data) VALUES (${PAGE_ID}, ?)`, pack, page, bytes);
  }
}

function removePack(db: Database, { id }: PackRow): void {
  db.run("DELETE FROM id_pages WHERE id >= ? << 20 AND id < (? + 1) << 20", id, id);
  db.run("DELETE FROM id_packs WHERE id = ?", id);
}

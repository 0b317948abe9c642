/** Of records of one run and lane with the same id the first folded is kept and no other, whatever source they come from. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunId } from "../../protocol/ids.ts";
import type { Lane } from "../../protocol/run.ts";
import { EPOCH_MS, JournalLike, type LoggedRecord, PROJECT, RUN } from "../testing/batches.ts";
import { imageOf } from "../testing/media.ts";
import type { Open } from "../testing/opened-store.ts";
import { allRecords, allRows, compactAll } from "../testing/reading.ts";

const HEX = "0123456789abcdef0123456789abcdef";
/** All different. */
const ODD_IDS = [
  ...[HEX, HEX.toUpperCase(), HEX.slice(1), `${HEX}0`, ` ${HEX}`, "f".repeat(32), "0".repeat(32)],
  ...["", "\0", '\0"a"', "a", "a\0", "a\0b", "é", "e\u0301", "\ud800", "\ud801", '"\\ud800"'],
  ...["__proto__", "0", "00", "1e3", `${"0".repeat(31)}1`, "x".repeat(5000)],
];

export function idLaws(open: Open): void {
  const recordsOf = (ids: readonly string[], value = 0): LoggedRecord[] =>
    ids.map((id, step) => ({ step, values: { v: value + step }, id }));

  test("of records with the same id the first folded is kept, whatever source they come from", async () => {
    const { store, reopen } = await open();
    const [a, b] = [new JournalLike({}, "a"), new JournalLike({}, "b")];
    expect(await store.fold(a.batch(recordsOf(["x", HEX, "y"])))).not.toHaveProperty(
      "repeatedRecords",
    );
    const more = [
      { step: 10, time: EPOCH_MS + 5, values: { v: 10, late: 1, picture: imageOf("a") }, id: HEX },
      { step: 20, time: EPOCH_MS + 6, values: { v: 20 }, id: "z" },
      { step: 30, values: { v: 30 } },
    ];
    const after = await reopen();
    expect(await after.fold(b.batch(more))).toEqual({
      outcome: "folded",
      from: { step: 20, time: EPOCH_MS + 2 },
      newKeys: false,
      repeatedRecords: 1,
    });
    expect((await allRows(after)).map(({ values }) => values.v)).toEqual([0, 1, 2, 20, 30]);
    expect(await after.listKeys(PROJECT, RUN)).toEqual(["v"]);
    expect(await after.listMedia(PROJECT, [RUN])).toEqual([]);
    expect(await after.findRun(PROJECT, RUN)).toMatchObject({ recordCount: 5, lastStep: 30 });
    const again = await after.fold(b.batch([{ step: 99, values: { v: 1 }, id: "z" }]));
    expect(again).toEqual({ outcome: "folded", newKeys: false, repeatedRecords: 1 });
    expect(await after.findRun(PROJECT, RUN)).toMatchObject({ recordCount: 5, lastStep: 30 });
    expect(await after.offset(b.source)).toBe(b.offset);
  });

  test("of records of one batch with the same id the first written is kept, whatever keys they have", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const outcome = await store.fold(
      journal.batch([
        { step: 0, values: { a: 0 }, id: "1" },
        { step: 1, values: { b: 1 }, id: HEX },
        { step: 2, values: { a: 2 }, id: HEX },
        { step: 3, values: { b: 3 }, id: "1" },
        { step: 4, values: { a: 4 }, id: "2" },
        { step: 5, values: { a: 5 } },
      ]),
    );
    expect(outcome).toMatchObject({ repeatedRecords: 2 });
    expect((await allRows(store)).map(({ step }) => step)).toEqual([0, 1, 4, 5]);
  });

  test("a batch that is refused leaves no id behind", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const batch = journal.batch(recordsOf(["a", HEX]));
    const [block] = batch.blocks;
    const broken = { ...block!, times: Float64Array.of(0, Number.NaN) };
    await expect(store.fold({ ...batch, blocks: [block!, broken] })).rejects.toThrow(/time NaN/);
    const short = { ...block!, ids: ["a"] };
    await expect(store.fold({ ...batch, blocks: [short] })).rejects.toThrow(/1 ids/);
    expect(await store.fold(batch)).not.toHaveProperty("repeatedRecords");
    expect(await allRows(store)).toHaveLength(2);
  });

  test("two different ids are never taken for one", async () => {
    const { store, reopen } = await open();
    const first = await store.fold(new JournalLike({}, "a").batch(recordsOf(ODD_IDS)));
    expect(first).not.toHaveProperty("repeatedRecords");
    const after = await reopen();
    const journal = new JournalLike({}, "b");
    for (const id of ODD_IDS) {
      const outcome = await after.fold(journal.batch([{ step: 0, values: { v: -1 }, id }]));
      expect(outcome).toMatchObject({ repeatedRecords: 1 });
    }
    expect(await allRows(after)).toHaveLength(ODD_IDS.length);
  });

  test("each lane and each run has ids of its own, also one that comes after a deleted one", async () => {
    const { store } = await open();
    const places: readonly (readonly [RunId, Lane?])[] = [
      [RUN],
      [RUN, "system"],
      ["other" as RunId],
    ];
    for (const [id, lane] of places) {
      const journal = new JournalLike({ id }, "w", lane);
      const outcome = await store.fold(journal.batch(recordsOf([HEX, "a"])));
      expect(outcome).not.toHaveProperty("repeatedRecords");
    }
    await store.deleteRun(PROJECT, RUN);
    const fresh = new JournalLike({ id: "fresh" as RunId });
    expect(await store.fold(fresh.batch(recordsOf([HEX, "a"])))).not.toHaveProperty(
      "repeatedRecords",
    );
  });

  test("ids are known for ever: in any number, in any order, cut into any batches", async () => {
    const ids = fc.integer({ min: 0, max: 6000 }).map(idNumber);
    const batches = fc.array(fc.uniqueArray(ids, { maxLength: 400 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const { store, remove } = await open();
        const known = new Set<string>();
        const journal = new JournalLike();
        for (const batch of all) {
          const outcome = await store.fold(journal.batch(recordsOf(batch)));
          const repeatedRecords = batch.filter((id) => known.has(id)).length;
          if (repeatedRecords === 0) expect(outcome).not.toHaveProperty("repeatedRecords");
          else expect(outcome).toMatchObject({ repeatedRecords });
          for (const id of batch) known.add(id);
        }
        const size = await store.laneSize(PROJECT, RUN);
        expect(size?.recordCount ?? 0).toBe(known.size);
        await remove();
      }),
      { numRuns: 5 },
    );
  });

  test("gaps in the numbers of records change nothing else", async () => {
    const { store } = await open();
    const [a, b] = [new JournalLike({}, "a"), new JournalLike({}, "b")];
    const ids = Array.from({ length: 9000 }, (_, i) => idNumber(i));
    const odd = ids.filter((_, i) => i % 2 === 1);
    await store.fold(a.batch(odd.map((id, step) => ({ step, values: { v: 0 }, id }))));
    for (let at = 0; at < ids.length; at += 1000) {
      const part = ids.slice(at, at + 1000);
      await store.fold(b.batch(part.map((id, i) => ({ step: 0, values: { v: at + i }, id }))));
    }
    await store.fold(b.batch([], { end: { state: "finished" } }));
    await compactAll(store);
    const records = await allRecords(store, { to: 0 });
    const wanted = [0, ...Array.from(ids.keys()).filter((i) => i % 2 === 0)];
    expect(records.map(({ values }) => values[0])).toEqual(wanted);
  });
}

/** Ids that begin alike, that differ in each digit, and that are no hexadecimal digits. */
function idNumber(i: number): string {
  const digits = (Math.imul(i, 2654435761) >>> 0).toString(16).padStart(8, "0");
  if (i % 17 === 0) return `id ${i}`;
  return i % 3 === 0 ? digits.padStart(32, "0") : digits.repeat(4);
}

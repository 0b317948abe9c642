/** What folding a batch does, and what it does not do. */

import { expect, test } from "vitest";
import { EPOCH_MS, JournalLike, type LoggedRecord, PROJECT, RUN } from "../testing/batches.ts";
import type { Open } from "../testing/opened-store.ts";
import { allRows } from "../testing/reading.ts";

export function foldLaws(open: Open): void {
  test("fold is all or nothing: offsets, records and run facts move together", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    await store.fold(journal.batch([{ step: 0, values: { loss: 1 } }]));
    const bad = journal.batch([{ step: 1, values: { loss: 2 } }], { config: { lr: 1 } });
    const block = bad.blocks[0]!;
    const broken = {
      ...bad,
      blocks: [block, { ...block, times: Float64Array.of(Number.NaN) }],
    };
    await expect(store.fold(broken)).rejects.toThrow(/time NaN/);
    expect(await store.offset(journal.source)).toBe(bad.from);
    expect(await allRows(store)).toHaveLength(1);
    expect((await store.findRun(PROJECT, RUN))?.config).toEqual({});
    expect(await store.fold(bad)).toMatchObject({ outcome: "folded" });
    expect(await allRows(store)).toHaveLength(2);
  });

  test("a record of more keys than a store can tell apart is refused by their number", async () => {
    const { store } = await open();
    const keys = Array.from({ length: 1_000_001 }, (_, i) => String(i));
    const batch = new JournalLike().batch([{ step: 0, values: {}, keys: [], leaves: [] }]);
    const block = { ...batch.blocks[0]!, keys, columns: [] };
    const wide = store.fold({ ...batch, blocks: [block] });
    await expect(wide).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining("1000001 keys"),
    });
  });

  test("a step beyond all floats is refused", async () => {
    const { store } = await open();
    const beyond = new JournalLike().batch([{ step: 10n ** 400n, values: { loss: 1 } }]);
    await expect(store.fold(beyond)).rejects.toMatchObject({ code: "invalid_argument" });
    expect(await store.listProjects()).toEqual([]);
  });

  test("a batch that does not start at the stored offset changes nothing and says which is wanted", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const first = journal.batch([{ step: 3, values: { loss: 1 } }]);
    const second = journal.batch([{ step: 4, values: { loss: 2 } }]);
    expect(await store.fold(second)).toEqual({ outcome: "moved", offset: 0 });
    expect(await store.listProjects()).toEqual([]);
    expect(await store.fold(first)).toMatchObject({ outcome: "folded", from: { step: 3 } });
    expect(await store.fold(first)).toEqual({ outcome: "moved", offset: first.to });
    await store.fold(second);
    expect((await allRows(store)).map((row) => row.values)).toEqual([{ loss: 1 }, { loss: 2 }]);
    expect(await store.offset(journal.source)).toBe(second.to);
    await store.forget(journal.source);
    expect(await store.offset(journal.source)).toBe(0);
  });

  test("what was brought to the disk is there when the store is opened again", async () => {
    const { store, reopen } = await open();
    await store.sync();
    await store.fold(new JournalLike().batch([{ step: 0, values: { loss: 1 } }]));
    await store.sync();
    expect(await allRows(await reopen())).toHaveLength(1);
  });

  test("a fold tells the lowest new step and time, and whether keys are new", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const fold = (records: readonly LoggedRecord[]) => store.fold(journal.batch(records));
    const [a, b] = [
      { step: 7, time: EPOCH_MS + 1, values: { loss: 1 } },
      { step: 5, time: EPOCH_MS + 2, values: { loss: 1 } },
    ];
    const from = { step: 5, time: EPOCH_MS + 1 };
    expect(await fold([a, b])).toEqual({ outcome: "folded", from, newKeys: true });
    expect(await fold([a])).toMatchObject({ newKeys: false });
    expect(await fold([{ step: 9, values: { note: "text is no series" } }])).toMatchObject({
      newKeys: false,
    });
    expect(await fold([{ step: 9, values: { note: 1 } }])).toMatchObject({ newKeys: true });
    expect(await fold([])).toEqual({ outcome: "folded", newKeys: false });
  });
}

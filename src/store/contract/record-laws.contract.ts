/** Records in the form in which they were written. */

import { expect, test } from "vitest";
import type { Json } from "../../protocol/json.ts";
import { encodeValue } from "../../protocol/values.ts";
import type { RecordsQuery, Store, StoredRecord } from "../store.ts";
import { EPOCH_MS, JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import { blobNamed } from "../testing/media.ts";
import type { Open } from "../testing/opened-store.ts";
import { allRecords, allRows, compactAll } from "../testing/reading.ts";

const ENTRIES: Json = {
  $: "entries",
  v: [
    ["10", 1],
    ["2", { $: "NaN" }],
    ["__proto__", [null]],
  ],
};
const ODD_VALUES: readonly Json[] = [
  ...[0.1 + 0.2, 5e-324, { $: "-0" }, { $: "NaN" }, { $: "Infinity" }, { $: "-Infinity" }],
  ...[{ $: "int", v: "18446744073709551615" }, null, true, "", "NUL \0", "long ".repeat(2000)],
  ...[[], {}, [1, [ENTRIES]], ENTRIES, { deep: ENTRIES }, JSON.parse('{"__proto__":1}') as Json],
  { $: "object", v: { $: 1 } },
];

export function recordLaws(open: Open): void {
  const shown = ({ step, values }: StoredRecord) => `${step} ${values.join(" ")}`;

  test("records come back as they were written, each value in its form", async () => {
    const { store, reopen } = await open();
    const journal = new JournalLike();
    const batch = journal.batch(ODD_VALUES.map((_, step) => ({ step, values: { a: 1, b: "" } })));
    const [block] = batch.blocks;
    const columns = [{ kind: "values", values: ODD_VALUES }, block!.columns[1]!] as const;
    await store.fold({ ...batch, blocks: [{ ...block!, keys: [["a", "x"], "b"], columns }] });
    await store.fold(journal.batch([{ step: 2n ** 60n + 1n, values: {} }]));
    const check = async (from: Store): Promise<void> => {
      for (const order of ["step", "time"] as const) {
        const records = await allRecords(from, { order });
        expect(records.map(({ values }) => values[0])).toEqual([...ODD_VALUES, undefined]);
        expect(JSON.stringify(records.map(({ values }) => values[0]))).toBe(
          JSON.stringify([...ODD_VALUES, undefined]),
        );
        const [first, second] = records;
        expect(first).toEqual({
          keys: [["a", "x"], "b"],
          step: 0,
          time: EPOCH_MS,
          values: [ODD_VALUES[0], ""],
        });
        expect(second?.keys).toBe(first?.keys);
        expect(records.at(-1)).toMatchObject({ keys: [], step: 2n ** 60n + 1n, values: [] });
      }
      expect(await allRows(from)).toHaveLength(ODD_VALUES.length + 1);
    };
    await check(store);
    const again = await reopen();
    await again.fold(journal.batch([], { end: { state: "finished" } }));
    await compactAll(again);
    await check(again);
  });

  test("records of one time come in the order in which they were written, whatever their steps", async () => {
    const { store } = await open();
    const [a, b] = [new JournalLike({}, "a"), new JournalLike({}, "b")];
    const at = (step: number, time: number, v: string) => ({
      step,
      time: EPOCH_MS + time,
      values: v < "n" ? { v } : { w: 0, v },
    });
    await store.fold(a.batch([at(9, 5, "a"), at(2, 5, "z"), at(7, 5, "c"), at(1, 6, "d")]));
    await store.fold(b.batch([at(0, 5, "e"), at(0, 4, "f")]));
    await store.fold(a.batch([at(-1, 5, "g")]));
    const read = (query: Partial<RecordsQuery>) =>
      allRecords(store, query).then((all) => all.map(({ values }) => values.at(-1)).join(""));
    for (const isCompact of [false, true]) {
      if (isCompact) {
        await store.fold(a.batch([], { end: { state: "finished" } }));
        await compactAll(store);
      }
      expect(await read({ order: "time" })).toBe("fazcged");
      expect(await read({ order: "step" })).toBe("gefdzca");
      expect(await read({})).toBe("gefdzca");
      expect(await read({ order: "time", from: EPOCH_MS + 5 })).toBe("azcged");
      expect(await read({ order: "time", from: EPOCH_MS + 4.5, to: EPOCH_MS + 5 })).toBe("azcge");
      expect(await read({ order: "step", from: 0, to: 2 })).toBe("efdz");
      expect(await read({ from: 0.5, to: 0.7 })).toBe("");
      expect(await read({ from: 8 })).toBe("a");
      expect(await read({ to: -1 })).toBe("g");
    }
  });

  test("a read of some keys gives the records that have one of them, and of these nothing else", async () => {
    const { store } = await open();
    const keys = [["train", "acc"], "loss", ["train", "deep", "er"]] as const;
    await store.fold(
      new JournalLike().batch([
        { step: 0, values: {}, keys, leaves: [1, 2, "3"] },
        { step: 1, values: { "train/acc": 4, loss: 5 } },
        { step: 2, values: {} },
        { step: 3, values: { train: "text" } },
      ]),
    );
    const train = await allRecords(store, { keys: ["train"] });
    expect(train.map(shown)).toEqual(["0 1 3", "3 text"]);
    expect(train[0]?.keys).toEqual([keys[0], keys[2]]);
    expect((await allRecords(store, { keys: ["loss", "train/acc"] })).map(shown)).toEqual([
      "0 2",
      "1 4 5",
    ]);
    expect(await allRecords(store, { keys: ["acc"] })).toEqual([]);
    expect(await allRecords(store, { keys: [] })).toEqual([]);
    expect(await allRecords(store)).toHaveLength(4);
    expect(await store.listKeys(PROJECT, RUN)).toEqual([...keys, "train/acc", "train"]);
  });

  test("of a run or lane that is not there no record is read", async () => {
    const { store } = await open();
    expect(await allRecords(store)).toEqual([]);
    await store.fold(new JournalLike().batch([{ step: 0, values: { a: 1 } }]));
    expect(await allRecords(store, { lane: "system" })).toEqual([]);
    expect(await store.laneSize(PROJECT, RUN, "system")).toBeUndefined();
    expect(await store.listKeys(PROJECT, RUN, "system")).toEqual([]);
  });

  test("the highest step of a lane is told to the last digit", async () => {
    const { store, reopen } = await open();
    const journal = new JournalLike();
    const sizes: unknown[] = [];
    const steps = [-3, 2.5, 2, 2n ** 53n, 2n ** 60n + 1n, 2n ** 60n, 2n ** 60n + 3n, 2 ** 60, 7];
    for (const step of steps) {
      await store.fold(journal.batch([{ step, values: { a: 1 } }]));
      sizes.push((await store.laneSize(PROJECT, RUN))?.lastStep);
    }
    const [low, high] = [2n ** 60n + 1n, 2n ** 60n + 3n];
    expect(sizes).toEqual([-3, 2.5, 2.5, 2n ** 53n, low, low, high, high, high]);
    const both = [2 ** 62, 2n ** 62n + 5n].map((step) => ({ step, values: { a: 1 } }));
    await store.fold(journal.batch(both));
    expect((await (await reopen()).laneSize(PROJECT, RUN))?.lastStep).toBe(2n ** 62n + 5n);
  });

  test("a file that is no picture, video or sound is found as a picture is", async () => {
    const { store } = await open();
    const fields = { blob: blobNamed("a"), type: "text/html", bytes: 0, path: "p/r/0/a.html" };
    const html: Json = { $: "file", v: { ...fields, trackio: { _type: "trackio.html" } } };
    const journal = new JournalLike();
    const batch = journal.batch([{ step: 3, values: { page: "" } }]);
    const block = { ...batch.blocks[0]!, columns: [{ kind: "values", values: [html] }] as const };
    expect(await store.fold({ ...batch, blocks: [block] })).toMatchObject({ media: true });
    const counts = { key: "page", kind: "file", itemCount: 1, firstStep: 3 };
    expect(await store.listMedia(PROJECT, [RUN])).toMatchObject([counts]);
    const query = { project: PROJECT, key: "page", kind: "file", runs: [RUN], limit: 9 } as const;
    const [item] = await store.readMedia(query);
    expect(encodeValue(item?.media)).toEqual(html);
    expect(await store.unusedBlobs([blobNamed("a")])).toEqual([]);
    expect((await allRecords(store))[0]?.values).toEqual([html]);
  });
}

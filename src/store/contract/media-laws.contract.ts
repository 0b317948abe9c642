/** Media are found by key and step at the cost of what is listed, and a blob counts as used for as long as a record or a saved file names it. */

import { expect, test } from "vitest";
import type { RunId } from "../../protocol/ids.ts";
import { MediaRef } from "../../protocol/media.ts";
import type { Value } from "../../protocol/values.ts";
import type { MediaQuery } from "../media-reads.ts";
import type { Store } from "../store.ts";
import { EPOCH_MS, JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import { blobNamed, imageOf, tableOf, videoOf } from "../testing/media.ts";
import type { Open } from "../testing/opened-store.ts";
import { allBlobs, allRows, compactAll } from "../testing/reading.ts";

const OTHER = "other" as RunId;
const HIDDEN_IN_VALUES: Value = [
  1,
  { deep: [imageOf("b", "second"), null], $: "a key of its own" },
  imageOf("c"),
];

export function mediaLaws(open: Open): void {
  const pictures = (query: Partial<MediaQuery> = {}): MediaQuery => {
    return { project: PROJECT, key: "image", kind: "image", runs: [RUN], limit: 100, ...query };
  };

  test("of a journal that was copied all counts twice, its media as its records", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const rows = [0, 1].map((step) => ({
      step,
      values: { image: imageOf("a"), t: tableOf("t", [["p", 2]]) },
    }));
    const batch = journal.batch(rows);
    for (const source of [batch.source, "copy"]) await store.fold({ ...batch, source });
    expect(await allRows(store)).toHaveLength(4);
    expect(await store.readMedia(pictures())).toHaveLength(4);
    const counts = { itemCount: 4, stepCount: 2, mostAtOnce: 2 };
    expect(await store.listMedia(PROJECT, [RUN])).toMatchObject([counts, counts]);
    await store.deleteRun(PROJECT, RUN);
    expect(await store.offset("copy")).toBe(0);
  });

  test("media are found in lists and nested values, by key as first logged, and come back as they were logged", async () => {
    const { store, reopen } = await open();
    const journal = new JournalLike();
    const first = await store.fold(
      journal.batch([
        { step: 0, values: { loss: 1, sound: "text", table: tableOf("t", [["p", 2]]) } },
        { step: 1, values: { image: imageOf("a"), clip: videoOf("v") } },
        { step: 1, values: { image: HIDDEN_IN_VALUES, loss: 0.5 } },
      ]),
    );
    expect(first).toMatchObject({ outcome: "folded", newKeys: true, media: true });
    const again = await store.fold(journal.batch([{ step: 7, values: { image: imageOf("a") } }]));
    expect(again).toMatchObject({ newKeys: false, media: true });
    const none = await store.fold(journal.batch([{ step: 8, values: { image: "none" } }]));
    expect(none).not.toHaveProperty("media");
    const check = async (from: Store): Promise<void> => {
      const counts = { itemCount: 1, stepCount: 1, mostAtOnce: 1 };
      expect(await from.listMedia(PROJECT, ["no run" as RunId, RUN])).toEqual([
        { run: RUN, key: "table", kind: "table", ...counts, ...at(0, 0), lastTime: EPOCH_MS },
        {
          run: RUN,
          key: "image",
          kind: "image",
          itemCount: 4,
          stepCount: 2,
          mostAtOnce: 3,
          ...at(1, 7),
          lastTime: EPOCH_MS + 3,
        },
        { run: RUN, key: "clip", kind: "video", ...counts, ...at(1, 1), lastTime: EPOCH_MS + 1 },
      ]);
      const items = await from.readMedia(pictures());
      expect(items).toEqual([
        { run: RUN, key: "image", step: 7, time: EPOCH_MS + 3, index: 0, media: imageOf("a") },
        { run: RUN, key: "image", step: 1, time: EPOCH_MS + 1, index: 0, media: imageOf("a") },
        {
          run: RUN,
          key: "image",
          step: 1,
          time: EPOCH_MS + 2,
          index: 1,
          media: imageOf("b", "second"),
        },
        { run: RUN, key: "image", step: 1, time: EPOCH_MS + 2, index: 2, media: imageOf("c") },
      ]);
      expect(items.every(({ media }) => media instanceof MediaRef)).toBe(true);
      const rows = await allRows(from);
      expect(rows[2]?.values).toEqual({ image: HIDDEN_IN_VALUES, loss: 0.5 });
      expect(rows[1]?.values.clip).toBeInstanceOf(MediaRef);
    };
    await check(store);
    const after = await reopen();
    await compactAll(after);
    await check(after);
  });

  test("media are found by key and step at the cost of what is listed: newest first, in pages that cut no step", async () => {
    const { store } = await open();
    const journals = [new JournalLike(), new JournalLike({ id: OTHER, number: 1 })];
    for (const [run, journal] of journals.entries()) {
      const steps = Array.from({ length: 40 }, (_, i) => (i * 7) % 40).filter(
        (step) => step % (run + 1) === 0,
      );
      for (const half of [steps.slice(0, 9), steps.slice(9)]) {
        await store.fold(
          journal.batch(
            half.map((step) => ({
              step,
              values: { image: [imageOf(`${run} ${step}`), imageOf("same")] },
            })),
          ),
        );
      }
    }
    const runs = [OTHER, RUN, "none" as RunId];
    const all = await store.readMedia(pictures({ runs, limit: 10_000 }));
    expect(all).toHaveLength(120);
    expect(all.slice(0, 6).map(({ run, step, index }) => [run, step, index])).toEqual([
      [RUN, 39, 0],
      [RUN, 39, 1],
      [OTHER, 38, 0],
      [OTHER, 38, 1],
      [RUN, 38, 0],
      [RUN, 38, 1],
    ]);
    for (const limit of [1, 3, 50]) {
      const paged = [];
      for (let before = Number.POSITIVE_INFINITY; ; ) {
        const page = await store.readMedia(pictures({ runs, limit, before }));
        if (page.length === 0) break;
        paged.push(...page);
        before = page.at(-1)!.step;
      }
      expect(paged).toEqual(all);
    }
    const within = await store.readMedia(pictures({ runs, from: 10, to: 12 }));
    expect(within).toEqual(all.filter(({ step }) => step >= 10 && step <= 12));
    const steps = await store.readMediaSteps({
      project: PROJECT,
      key: "image",
      kind: "image",
      runs,
    });
    expect(steps.map(({ run }) => run)).toEqual([OTHER, RUN]);
    expect(steps[0]?.steps).toEqual(Float64Array.from({ length: 20 }, (_, i) => 2 * i));
    expect(await store.readMedia(pictures({ kind: "video" }))).toEqual([]);
    expect(await store.readMediaSteps({ ...pictures(), key: "none" })).toEqual([]);
  });

  test("a table has all parts that were written up to its record, and says what is missing", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const table = (step: number, media: MediaRef) => ({ step, values: { table: media } });
    await store.fold(
      journal.batch([
        table(10, tableOf("t", [["p0", 2]])),
        table(20, tableOf("u", [["q", 9]])),
        table(
          20,
          tableOf(
            "t",
            [
              ["p1", 3],
              ["p2", 1],
            ],
            { before: 2, caption: "grown" },
          ),
        ),
      ]),
    );
    // Steps may go back; rows are only added.
    await store.fold(journal.batch([table(5, tableOf("t", [["p3", 1]], { before: 6 }))]));
    await store.fold(journal.batch([table(30, tableOf("t", [["p9", 1]], { before: 17 }))]));
    await store.fold(journal.batch([table(31, tableOf("t", [["new", 4]]))]));
    await store.fold(journal.batch([table(32, tableOf("t", [["tail", 1]], { before: 4 }))]));
    const find = async (options?: { step?: number; index?: number }) => {
      const found = await store.findTable(PROJECT, RUN, "table", options);
      return found && [found.step, found.parts.map(({ blob }) => blob), found.missingRows];
    };
    const named = (...names: readonly string[]) => names.map(blobNamed);
    expect(await find({ step: 4 })).toBeUndefined();
    expect(await find({ step: 5 })).toEqual([5, named("p0", "p1", "p2", "p3"), 0]);
    expect(await find({ step: 19 })).toEqual([10, named("p0"), 0]);
    expect(await find({ step: 20 })).toEqual([20, named("p0", "p1", "p2"), 0]);
    expect(await find({ step: 20, index: 0 })).toEqual([20, named("q"), 0]);
    expect(await find({ step: 20, index: 2 })).toBeUndefined();
    expect(await find({ step: 30 })).toEqual([30, named("p0", "p1", "p2", "p3", "p9"), 10]);
    expect(await find({ step: 31 })).toEqual([31, named("new"), 0]);
    expect(await find()).toEqual([32, named("new", "tail"), 0]);
    expect(await store.findTable(PROJECT, RUN, "table", { step: 20 })).toMatchObject({
      run: RUN,
      time: EPOCH_MS + 2,
      caption: "grown",
      columns: [{ name: "loss", type: "number" }],
    });
    expect(await store.findTable(PROJECT, OTHER, "table")).toBeUndefined();
  });

  test("a project keeps the newest file of a path, whatever becomes of the run that saved it", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const other = new JournalLike({ id: OTHER, number: 1 });
    const file = (path: string, name: string, time: number) => {
      return { path, blob: blobNamed(name), type: "text/plain", bytes: name.length, time };
    };
    const files = [file("models/b.txt", "old", 1), file("a.txt", "a", 2)];
    expect(await store.fold(journal.batch([], { files }))).toMatchObject({ media: true });
    await store.fold(other.batch([], { files: [file("models/b.txt", "new", 3)] }));
    await store.fold(journal.batch([], { files: [file("models/b.txt", "older", 0)] }));
    const kept = [file("a.txt", "a", 2), file("models/b.txt", "new", 3)];
    expect(await store.listFiles(PROJECT)).toEqual(kept);
    expect(await store.unusedBlobs(["old", "a", "new"].map(blobNamed))).toEqual([blobNamed("old")]);
    await store.deleteRun(PROJECT, OTHER);
    expect(await store.listFiles(PROJECT)).toEqual(kept);
    expect(await allBlobs(store)).toEqual(["a", "new"].map(blobNamed).sort());
    await store.deleteRun(PROJECT, RUN);
    expect(await store.listFiles(PROJECT)).toEqual([]);
    expect(await store.unusedBlobs([blobNamed("new")])).toEqual([blobNamed("new")]);
  });

  test("a blob counts as used for as long as a record or a saved file names it", async () => {
    const { store, reopen } = await open();
    const cells = { blobs: [blobNamed("cell")] };
    const journal = new JournalLike();
    const other = new JournalLike({ id: OTHER, number: 1 });
    await store.fold(
      journal.batch([
        { step: 0, values: { a: imageOf("shared"), b: [imageOf("own"), imageOf("own")] } },
        { step: 1, values: { table: tableOf("t", [["part", 1]], cells) } },
      ]),
    );
    await store.fold(other.batch([{ step: 0, values: { a: imageOf("shared") } }]));
    const all = ["shared", "own", "cell", "part"].map(blobNamed);
    expect(await allBlobs(store, RUN)).toEqual(all.toSorted());
    expect(await allBlobs(store)).toEqual(all.toSorted());
    expect(await allBlobs(store, OTHER)).toEqual([blobNamed("shared")]);
    const unknown = blobNamed("unknown");
    expect(await store.unusedBlobs([...all, unknown])).toEqual([unknown]);
    await store.deleteRun(PROJECT, RUN);
    const check = async (after: Store): Promise<void> => {
      expect(await after.unusedBlobs(all)).toEqual(all.slice(1));
      expect(await allBlobs(after)).toEqual([blobNamed("shared")]);
      expect(await allBlobs(after, RUN)).toEqual([]);
      expect(await after.listMedia(PROJECT, [RUN])).toEqual([]);
      expect(await after.readMedia(pictures({ key: "a" }))).toEqual([]);
      expect(await after.findTable(PROJECT, RUN, "table")).toBeUndefined();
    };
    await check(store);
    const again = await reopen();
    await compactAll(again);
    await check(again);
    await again.deleteProject(PROJECT);
    expect(await again.unusedBlobs(all)).toEqual(all);
  });

  test("blobs are listed each once, however many there are", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const other = new JournalLike({ id: OTHER, number: 1 });
    const image = Array.from({ length: 9000 }, (_, i) => imageOf(`${i}`));
    await store.fold(journal.batch([{ step: 0, values: { image } }]));
    await store.fold(other.batch([{ step: 0, values: { image: image.slice(0, 5000) } }]));
    const listed = await allBlobs(store);
    expect(listed).toHaveLength(9000);
    expect(new Set(listed).size).toBe(9000);
    expect(await allBlobs(store, OTHER)).toHaveLength(5000);
    const summary = { itemCount: 9000, stepCount: 1, mostAtOnce: 9000 };
    expect(await store.listMedia(PROJECT, [RUN])).toMatchObject([summary]);
    expect(await store.readMedia(pictures({ limit: 1 }))).toHaveLength(9000);
  });
}

function at(firstStep: number, lastStep: number) {
  return { firstStep, lastStep };
}

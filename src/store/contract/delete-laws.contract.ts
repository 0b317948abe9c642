/** Deleting really deletes. */

import { expect, test } from "vitest";
import type { RunId } from "../../protocol/ids.ts";
import type { Store } from "../store.ts";
import { JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import type { Open } from "../testing/opened-store.ts";
import { allRows, readOne } from "../testing/reading.ts";

export function deleteLaws(open: Open): void {
  test("a deleted run answers not_found, and a fold of it is refused: deleted", async () => {
    const { store, reopen } = await open();
    const journal = new JournalLike();
    const other = new JournalLike({ id: "other" as RunId, number: 1 });
    await store.fold(journal.batch([{ step: 0, values: { loss: 1 } }]));
    await store.fold(other.batch([{ step: 0, values: { loss: 5 } }]));
    expect(await store.deleteRun(PROJECT, RUN)).toBe(true);
    expect(await store.deleteRun(PROJECT, RUN)).toBe(false);
    const check = async (after: Store): Promise<void> => {
      await expect(allRows(after)).rejects.toMatchObject({ code: "not_found" });
      expect(await after.findRun(PROJECT, RUN)).toBeUndefined();
      expect(await after.listMetrics(PROJECT, [RUN])).toEqual([]);
      expect((await readOne(after, {})).series).toHaveLength(0);
      expect(await after.offset(journal.source)).toBe(0);
      const late = journal.batch([{ step: 1, values: { loss: 1 } }]);
      expect(await after.fold(late)).toEqual({ outcome: "deleted" });
      expect((await after.listRuns(PROJECT)).map((run) => run.id)).toEqual(["other"]);
      expect(await allRows(after, "other" as RunId)).toHaveLength(1);
    };
    await check(store);
    await check(await reopen());
  });

  test("a run whose source has it no longer may come back, and begins anew", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const first = journal.batch([{ step: 0, values: { loss: 1 } }]);
    await store.fold(first);
    expect(await store.deleteRun(PROJECT, RUN, { mayReturn: true })).toBe(true);
    expect(await store.listRuns(PROJECT)).toEqual([]);
    expect(await store.offset(journal.source)).toBe(0);
    expect(await store.fold(first)).toMatchObject({ outcome: "folded" });
    expect(await allRows(store)).toHaveLength(1);
  });

  test("a deleted project takes all its runs along, each with a tombstone", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    await store.fold(journal.batch([{ step: 0, values: { loss: 1 } }]));
    expect(await store.deleteProject(PROJECT)).toBe(true);
    expect(await store.deleteProject(PROJECT)).toBe(false);
    expect(await store.listProjects()).toEqual([]);
    expect(await store.fold(journal.batch([]))).toEqual({ outcome: "deleted" });
    const next = new JournalLike({ id: "next" as RunId, number: 1 });
    expect(await store.fold(next.batch([]))).toMatchObject({ outcome: "folded" });
    expect(await store.listProjects()).toMatchObject([{ key: PROJECT, runCount: 1 }]);
  });
}

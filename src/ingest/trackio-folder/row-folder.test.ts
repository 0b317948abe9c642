/** Rows of one run into the store. */

import { expect, test } from "vitest";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { MemoryStore } from "../../store/memory/memory-store.ts";
import type { FoldBatch, FoldOutcome } from "../../store/store.ts";
import { foldingPlace } from "./follow-trackio-folder.ts";
import { RowFolder } from "./row-folder.ts";

/** Refuses records of step 5. */
class PickyStore extends MemoryStore {
  override async fold(batch: FoldBatch): Promise<FoldOutcome> {
    if (batch.blocks.some(({ steps }) => (steps.values as number[]).includes(5))) {
      throw new TrackioError("invalid_argument", "Not this one.");
    }
    return super.fold(batch);
  }
}

const KEY = "demo" as ProjectKey;
const RUN = {
  id: "a" as RunId,
  projectKey: KEY,
  project: "demo",
  name: "a",
  number: 0,
  createdAt: 1e12,
  client: "trackio",
} as const;

function rowsOf(steps: readonly (number | null)[]) {
  return steps.map((step, i) => ({
    id: i + 1,
    run: "a",
    name: "a",
    timestamp: "2026-11-22T21:51:14+00:00",
    step,
    json: `{"loss":${i}}`,
    ownId: undefined,
    more: {},
  }));
}

async function fold(store: MemoryStore, steps: readonly (number | null)[], offset = 0) {
  const folder = new RowFolder(foldingPlace(temporaryFolder(), store, () => undefined));
  const rows = rowsOf(steps);
  const facts = { run: RUN, source: "s", table: "metrics", modifiedMs: 2e12, name: "a" } as const;
  return await folder.fold({ ...facts, offset, rows });
}

async function stepsIn(store: MemoryStore): Promise<(number | bigint)[]> {
  const steps: (number | bigint)[] = [];
  for await (const page of store.readRecords({ project: KEY, run: RUN.id })) {
    steps.push(...page.map(({ step }) => step));
  }
  return steps;
}

test("a row that the store cannot take costs no other, and is counted", async () => {
  const store = new PickyStore();
  const outcome = await fold(store, [0, 1, 2, 3, 4, 5, 6, 7]);
  expect(outcome).toEqual({ outcome: "folded", offset: 9, name: "a" });
  expect(await stepsIn(store)).toEqual([0, 1, 2, 3, 4, 6, 7]);
  expect(await store.listRuns(KEY)).toMatchObject([{ damagedLines: 1 }]);
});

test("where somebody else has folded some of them, the rest is folded", async () => {
  const store = new MemoryStore();
  await fold(store, [0, 1]);
  expect(await fold(store, [0, 1, 2, 3])).toMatchObject({ outcome: "folded", offset: 5 });
  expect(await stepsIn(store)).toEqual([0, 1, 2, 3]);
});

test("a row without a step follows the highest that there is", async () => {
  const store = new MemoryStore();
  await fold(store, [7]);
  await fold(store, [7, null, null, 20, null], 2);
  expect(await stepsIn(store)).toEqual([7, 8, 9, 20, 21]);
});

test("of a run that was deleted nothing is folded", async () => {
  const store = new MemoryStore();
  await fold(store, [0]);
  await store.deleteRun(KEY, RUN.id);
  expect(await fold(store, [0, 1])).toEqual({ outcome: "deleted" });
});

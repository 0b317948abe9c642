import { expect, test } from "vitest";
import type { RunId } from "../../protocol/ids.ts";
import { MemoryStore } from "../../store/memory/memory-store.ts";
import type { SeriesAnswer, SeriesQuery } from "../../store/store.ts";
import { JournalLike, PROJECT } from "../../store/testing/batches.ts";
import { readSeriesFrame } from "./read-series-frame.ts";

/** Counts the series that it is asked for. */
class CountingStore extends MemoryStore {
  asked = 0;

  override async readSeries(query: SeriesQuery): Promise<SeriesAnswer> {
    this.asked += query.series.length;
    return super.readSeries(query);
  }
}

test("of many runs and keys only the series that exist are read", async () => {
  await using store = new CountingStore();
  const runs = Array.from({ length: 300 }, (_, i) => `run-${i}` as RunId);
  for (const [number, id] of runs.entries()) {
    const journal = new JournalLike({ id, number });
    await store.fold(journal.batch([{ step: 0, values: { loss: number } }]));
  }
  const keys = ["loss", ...Array.from({ length: 300 }, (_, i) => `absent-${i}`)];
  const request = { runs, keys, axis: "step", buckets: 1 } as const;
  const frame = await readSeriesFrame(store, {
    ask: "series",
    project: PROJECT,
    asWritten: PROJECT,
    request,
  });
  expect(frame.series).toHaveLength(300);
  expect(store.asked).toBe(300);
});

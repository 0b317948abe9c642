/** The lanes of a run have records and series of their own; lists of runs and projects speak of runs alone. */

import { expect, test } from "vitest";
import type { RunId } from "../../protocol/ids.ts";
import { PROJECT_RUN } from "../../protocol/run.ts";
import type { Store } from "../store.ts";
import { EPOCH_MS, JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import { blobNamed, imageOf } from "../testing/media.ts";
import type { Open } from "../testing/opened-store.ts";
import { allBlobs, allPoints, allRecords, allRows, compactAll } from "../testing/reading.ts";

const SAVED = { path: "a.txt", blob: blobNamed("f"), type: "text/plain", bytes: 1, time: EPOCH_MS };

export function laneLaws(open: Open): void {
  test("the lanes of a run have records and series of their own", async () => {
    const { store, reopen } = await open();
    const [metrics, system] = [new JournalLike(), new JournalLike({}, "s", "system")];
    await store.fold(metrics.batch([{ step: 5, values: { loss: 1, gpu: 7 } }]));
    const first = await store.fold(
      system.batch([0, 1].map((step) => ({ step, values: { gpu: 50 + step, note: "x" } }))),
    );
    const from = { step: 0, time: EPOCH_MS };
    expect(first).toEqual({ outcome: "folded", from, newKeys: true });
    const check = async (after: Store): Promise<void> => {
      expect(await allPoints(after, "gpu")).toMatchObject([{ step: 5, value: 7 }]);
      expect(await allRows(after)).toHaveLength(1);
      const summaries = await after.listMetrics(PROJECT, [RUN], "system");
      expect(summaries).toMatchObject([{ run: RUN, key: "gpu", count: 2, last: 51, mean: 50.5 }]);
      const query = { project: PROJECT, series: [{ run: RUN, key: "gpu" }], buckets: 10 } as const;
      const ofLane = await after.readSeries({ ...query, lane: "system", axis: "step" });
      expect(Array.from(ofLane.series[0]!.last)).toEqual([50, 51]);
      const ofRun = await after.readSeries({ ...query, axis: "step" });
      expect(Array.from(ofRun.series[0]!.last)).toEqual([7]);
      const records = await allRecords(after, { lane: "system" });
      expect(records.map(({ values }) => values)).toEqual([
        [50, "x"],
        [51, "x"],
      ]);
      expect(await after.listKeys(PROJECT, RUN)).toEqual(["loss", "gpu"]);
      expect(await after.listKeys(PROJECT, RUN, "system")).toEqual(["gpu", "note"]);
      expect(await after.laneSize(PROJECT, RUN)).toEqual({ recordCount: 1, lastStep: 5 });
      const size = { recordCount: 2, lastStep: 1 };
      expect(await after.laneSize(PROJECT, RUN, "system")).toEqual(size);
    };
    await check(store);
    const again = await reopen();
    await again.fold(metrics.batch([], { end: { state: "finished" } }));
    await compactAll(again);
    await check(again);
  });

  test("a run that has only a lane is listed, without records; each fold of the lane is a sign of its life", async () => {
    const { store } = await open();
    const system = new JournalLike({ tags: ["a"] }, "s", "system");
    await store.fold(system.batch([{ step: 0, values: { gpu: 1 } }], { config: { lr: 1 } }));
    await store.fold(system.batch([], { seenAt: EPOCH_MS + 9000, damagedLines: 2 }));
    const [run, ...others] = await store.listRuns(PROJECT);
    expect(others).toEqual([]);
    expect(run).toEqual({
      ...system.run,
      state: "running",
      updatedAt: EPOCH_MS + 9000,
      recordCount: 0,
      damagedLines: 2,
      config: { lr: 1 },
      summary: {},
      writers: [{ ...system.writer, source: system.source, seenAt: EPOCH_MS + 9000 }],
    });
    expect(await store.findRun(PROJECT, system.run.name)).toEqual(run);
    expect(await store.listProjects()).toMatchObject([{ runCount: 1, updatedAt: EPOCH_MS + 9000 }]);
    expect(await store.listMetrics(PROJECT, [RUN])).toEqual([]);
    expect(await allRows(store)).toEqual([]);
    expect(await store.laneSize(PROJECT, RUN)).toEqual({ recordCount: 0 });
    expect(await store.laneSize(PROJECT, RUN, "project")).toBeUndefined();
  });

  test("what belongs to a project without a run makes no run", async () => {
    const { store } = await open();
    const project = new JournalLike({ id: PROJECT_RUN, name: "" }, "p", "project");
    await store.fold(project.batch([], { files: [SAVED] }));
    expect(await store.listRuns(PROJECT)).toEqual([]);
    expect(await store.listProjects()).toEqual([]);
    expect(await store.findRun(PROJECT, PROJECT_RUN)).toBeUndefined();
    expect(await store.listFiles(PROJECT)).toMatchObject([{ path: "a.txt" }]);
    expect(await store.unusedBlobs([SAVED.blob])).toEqual([]);
    await store.fold(new JournalLike().batch([]));
    expect(await store.listProjects()).toMatchObject([{ key: PROJECT, runCount: 1 }]);
    expect((await store.listRuns(PROJECT)).map(({ id }) => id)).toEqual([RUN]);
  });

  test("a lane and a run that do not belong together are refused", async () => {
    const { store } = await open();
    for (const journal of [
      new JournalLike({ id: PROJECT_RUN }),
      new JournalLike({ id: PROJECT_RUN }, "w", "system"),
      new JournalLike({}, "w", "project"),
    ]) {
      const fold = store.fold(journal.batch([]));
      await expect(fold).rejects.toMatchObject({ code: "invalid_argument" });
    }
  });

  test("a deleted run takes its lanes, alerts and traces along; a project what it keeps without a run", async () => {
    const { store, reopen } = await open();
    const system = new JournalLike({}, "s", "system");
    const project = new JournalLike({ id: PROJECT_RUN }, "p", "project");
    const id = "0123456789abcdef0123456789abcdef";
    const alert = { id: "a", title: "t", level: "warn", time: EPOCH_MS };
    await store.fold(
      system.batch([{ step: 0, values: { picture: imageOf("a") }, id }], { alerts: [alert] }),
    );
    await store.fold(project.batch([], { files: [SAVED] }));
    expect(await allBlobs(store, RUN)).toEqual([blobNamed("a")]);
    expect(await store.deleteRun(PROJECT, PROJECT_RUN)).toBe(false);
    expect(await store.deleteRun(PROJECT, RUN)).toBe(true);
    const after = await reopen();
    expect(await after.listMetrics(PROJECT, [RUN], "system")).toEqual([]);
    expect(await after.laneSize(PROJECT, RUN, "system")).toBeUndefined();
    expect(await allRecords(after, { lane: "system" })).toEqual([]);
    expect(await after.listAlerts(PROJECT)).toEqual([]);
    expect(await after.listFiles(PROJECT)).toEqual([]);
    expect(await after.unusedBlobs([blobNamed("a"), SAVED.blob])).toHaveLength(2);
    expect(await after.fold(system.batch([]))).toEqual({ outcome: "deleted" });
    expect(await after.offset(system.source)).toBe(0);
    // What was folded of the project stays folded, and what comes later is new.
    expect(await after.offset(project.source)).toBe(project.offset);
    await after.fold(project.batch([], { files: [{ ...SAVED, path: "b.txt" }] }));
    expect(await after.listFiles(PROJECT)).toMatchObject([{ path: "b.txt" }]);
    expect(await after.deleteProject(PROJECT)).toBe(true);
    expect(await after.listFiles(PROJECT)).toEqual([]);
    expect(await after.deleteProject(PROJECT)).toBe(false);
  });

  test("a run has the name that it was given last, and is found by it", async () => {
    const { store, reopen } = await open();
    const journal = new JournalLike();
    await store.fold(journal.batch([], { name: "first\u0000try" }));
    await store.fold(journal.batch([{ step: 0, values: { loss: 1 } }]));
    const after = await reopen();
    const found = await after.findRun(PROJECT, "first\u0000try");
    expect(found).toMatchObject({ id: RUN, name: "first\u0000try", recordCount: 1 });
    expect(await after.findRun(PROJECT, journal.run.name)).toBeUndefined();
  });

  test("a run that began without a group gets the first that a later journal tells", async () => {
    const { store, reopen } = await open();
    await store.fold(new JournalLike({}, "s", "system").batch([]));
    expect(await store.findRun(PROJECT, RUN)).not.toHaveProperty("group");
    await store.fold(new JournalLike({ group: "g1" }, "a").batch([], { name: "renamed" }));
    await store.fold(new JournalLike({ group: "g2" }, "b").batch([]));
    const after = await reopen();
    expect(await after.findRun(PROJECT, RUN)).toMatchObject({ name: "renamed", group: "g1" });
  });

  test("a writer that has left without an end counts no longer among those that have not ended", async () => {
    const { store } = await open();
    const [a, b] = [new JournalLike({}, "a"), new JournalLike({}, "b", "system")];
    await store.fold(b.batch([{ step: 0, values: { gpu: 1 } }]));
    await store.fold(a.batch([{ step: 0, values: { loss: 1 } }]));
    const writers = async () => (await store.findRun(PROJECT, RUN))?.writers.map(({ id }) => id);
    expect(await writers()).toEqual(["a", "b"]);
    await store.fold(b.batch([], { closed: true }));
    expect(await writers()).toEqual(["a"]);
    await store.fold(a.batch([], { closed: true }));
    expect(await store.findRun(PROJECT, RUN)).toMatchObject({ state: "running", writers: [] });
    expect(await store.findRun(PROJECT, RUN)).not.toHaveProperty("endedAt");
  });

  test("runs of other projects with the same id are others", async () => {
    const { store } = await open();
    const other = { projectKey: "other" as typeof PROJECT, project: "other" };
    await store.fold(new JournalLike({}, "s", "system").batch([{ step: 0, values: { a: 1 } }]));
    await store.fold(new JournalLike(other, "s", "system").batch([{ step: 0, values: { b: 1 } }]));
    expect(await store.listKeys(PROJECT, RUN, "system")).toEqual(["a"]);
    expect(await store.deleteRun(other.projectKey, RUN)).toBe(true);
    expect(await store.listKeys(PROJECT, RUN, "system")).toEqual(["a"]);
    expect(await store.listKeys(PROJECT, "none" as RunId, "system")).toEqual([]);
  });
}

/** What is known without reading a point. */

import { expect, test } from "vitest";
import type { RunId } from "../../protocol/ids.ts";
import { EPOCH_MS, JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import type { Open } from "../testing/opened-store.ts";

export function catalogueLaws(open: Open): void {
  test("runs are listed by number, newest first, with what is known of them", async () => {
    const { store, reopen } = await open();
    const journals = [0, 1, 2].map(
      (number) =>
        new JournalLike({ id: `run-${number}` as RunId, number, name: number < 2 ? "same" : "c" }),
    );
    for (const [i, journal] of journals.entries()) {
      const records = [{ step: 10 * i, time: EPOCH_MS + 1000 * i, values: { loss: i } }];
      await store.fold(journal.batch(records, { config: { lr: i, layers: [1, 2] } }));
    }
    const infos = await (await reopen()).listRuns(PROJECT);
    expect(infos.map((run) => run.number)).toEqual([2, 1, 0]);
    expect(infos[0]).toEqual({
      ...journals[2]!.run,
      state: "running",
      updatedAt: EPOCH_MS + 2000,
      recordCount: 1,
      lastStep: 20,
      damagedLines: 0,
      config: { lr: 2, layers: [1, 2] },
      summary: {},
      writers: [{ ...journals[2]!.writer, source: journals[2]!.source, seenAt: EPOCH_MS + 2000 }],
    });
  });

  test("a run is found by id, or the newest by name", async () => {
    const { store } = await open();
    for (const number of [0, 1]) {
      const run = { id: `run-${number}` as RunId, number, name: "same", tags: ["a"], group: "g" };
      await store.fold(new JournalLike(run).batch([{ step: 0, values: { loss: 1 } }]));
    }
    expect((await store.findRun(PROJECT, "same"))?.number).toBe(1);
    expect(await store.findRun(PROJECT, "run-0")).toMatchObject({
      number: 0,
      tags: ["a"],
      group: "g",
    });
    expect(await store.findRun(PROJECT, "nope")).toBeUndefined();
    const one = await store.listRuns(PROJECT, { runs: ["run-0" as RunId, "nope" as RunId] });
    expect(one.map((run) => run.id)).toEqual(["run-0"]);
  });

  test("state, end, config and summary are what the newest batch said", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const facts = async () => (await store.findRun(PROJECT, RUN))!;
    await store.fold(
      journal.batch([], { config: { lr: 1, old: true }, summary: { best: 1, x: 1 } }),
    );
    await store.fold(
      journal.batch([], { config: { lr: 2 }, summary: { best: 2 }, damagedLines: 2 }),
    );
    expect(await facts()).toMatchObject({ state: "running", recordCount: 0, damagedLines: 2 });
    expect((await facts()).config).toEqual({ lr: 2 });
    expect((await facts()).summary).toEqual({ best: 2, x: 1 });
    expect(await facts()).not.toHaveProperty("lastStep");
    const end = { state: "failed", reason: "SIGINT", error: "stack" } as const;
    await store.fold(journal.batch([], { end, seenAt: EPOCH_MS + 9 }));
    expect(await facts()).toMatchObject({
      state: "failed",
      end,
      endedAt: EPOCH_MS + 9,
      writers: [],
    });
    await store.fold(journal.batch([], { end: "running", damagedLines: 1 }));
    expect(await facts()).toMatchObject({ state: "running", damagedLines: 3 });
    expect((await facts()).writers).toHaveLength(1);
    expect(await facts()).not.toHaveProperty("endedAt");
  });

  test("projects are listed with their runs counted, newest activity first", async () => {
    const { store } = await open();
    const place = (project: string) => ({ projectKey: project as typeof PROJECT, project });
    const seen = (at: number) => ({ seenAt: EPOCH_MS + at });
    await store.fold(new JournalLike(place("old")).batch([], seen(5)));
    const done = new JournalLike({ ...place("new"), createdAt: EPOCH_MS - 7 });
    await store.fold(done.batch([], { ...seen(6), end: { state: "finished" } }));
    const other = new JournalLike({ ...place("new"), id: "b" as RunId, number: 1 });
    await store.fold(other.batch([], seen(1)));
    const facts = { createdAt: EPOCH_MS - 7, updatedAt: EPOCH_MS + 6 };
    expect(await store.listProjects()).toEqual([
      { key: "new", name: "new", runCount: 2, runningCount: 1, ...facts },
      {
        key: "old",
        name: "old",
        runCount: 1,
        runningCount: 1,
        createdAt: EPOCH_MS,
        updatedAt: EPOCH_MS + 5,
      },
    ]);
  });

  test("summaries come by run as asked and key as first logged", async () => {
    const { store } = await open();
    for (const id of ["a", "b"]) {
      const journal = new JournalLike({ id: id as RunId, number: id === "a" ? 0 : 1 });
      await store.fold(journal.batch([{ step: 0, values: { z: 1, text: "x", a: 2 } }]));
      await store.fold(journal.batch([5, 4].map((step) => ({ step, values: { m: step, z: 9n } }))));
    }
    const summaries = await store.listMetrics(PROJECT, ["b", "nope", "a"] as RunId[]);
    expect(summaries.map(({ run, key }) => run + key)).toEqual([
      "bz",
      "ba",
      "bm",
      "az",
      "aa",
      "am",
    ]);
    expect(summaries[2]).toMatchObject({
      count: 2,
      last: 5,
      lastStep: 5,
      min: 4,
      max: 5,
      mean: 4.5,
    });
    expect(summaries[0]).toMatchObject({ count: 3, last: 9, max: 9 });
  });

  test("size counts the points and the bytes of each project", async () => {
    const { store } = await open();
    await store.fold(
      new JournalLike().columns({ a: new Float64Array(500), b: new Float64Array(500) }),
    );
    const { bytes, projects } = await store.size();
    expect(projects).toMatchObject([{ key: PROJECT, pointCount: 1000 }]);
    expect(projects[0]?.bytes).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThanOrEqual(projects[0]?.bytes ?? 0);
  });
}

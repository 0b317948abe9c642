/** Alerts and traces: what a run keeps beside its records. */

import { expect, test } from "vitest";
import type { RunId } from "../../protocol/ids.ts";
import type { Alert, Trace } from "../../protocol/run.ts";
import { encodeValue } from "../../protocol/values.ts";
import type { Store, TraceQuery } from "../store.ts";
import { EPOCH_MS, JournalLike, PROJECT, RUN } from "../testing/batches.ts";
import { blobNamed, imageOf } from "../testing/media.ts";
import type { Open } from "../testing/opened-store.ts";
import { allBlobs } from "../testing/reading.ts";

const OTHER = "other" as RunId;

function alertOf(id: string, time: number, more: Partial<Alert> = {}): Alert {
  return { id, title: `title of ${id}`, level: "warn", time: EPOCH_MS + time, ...more };
}

function traceOf(id: string, step: number, time: number, more: Partial<Trace> = {}): Trace {
  const body = { messages: [{ role: "user", content: id }] };
  return { id, key: "chat", step, time: EPOCH_MS + time, body, searchText: id, ...more };
}

/** A trace as a read gives it. */
function told(run: RunId, { searchText: _, ...trace }: Trace) {
  return { run, ...trace };
}

export function eventLaws(open: Open): void {
  test("of alerts of one run with the same id the first folded is kept and no other", async () => {
    const { store, reopen } = await open();
    const [a, b] = [new JournalLike({}, "a"), new JournalLike({}, "b", "system")];
    const odd = alertOf("b\ud800", 0, { title: "NUL \0", text: "é 😀", level: "", step: 0.5 });
    await store.fold(a.batch([], { alerts: [alertOf("a", 0), odd, alertOf("a", 1)] }));
    await store.fold(b.batch([], { alerts: [alertOf("a", 2), alertOf("b\ud801", 3)] }));
    expect(await (await reopen()).listAlerts(PROJECT)).toEqual([
      { run: RUN, ...alertOf("b\ud801", 3) },
      { run: RUN, ...odd },
      { run: RUN, ...alertOf("a", 0) },
    ]);
  });

  test("alerts are listed newest first, of one time what came later first, of the runs asked for", async () => {
    const { store } = await open();
    const [a, b] = [new JournalLike(), new JournalLike({ id: OTHER, number: 1 })];
    await store.fold(a.batch([], { alerts: [alertOf("1", 5), alertOf("2", 5)] }));
    await store.fold(b.batch([], { alerts: [alertOf("1", 5), alertOf("3", 9)] }));
    await store.fold(a.batch([], { alerts: [alertOf("4", 1)] }));
    const ids = async (runs?: readonly RunId[]) =>
      (await store.listAlerts(PROJECT, runs)).map(({ run, id }) => `${run} ${id}`);
    expect(await ids()).toEqual(["other 3", "other 1", "run-0 2", "run-0 1", "run-0 4"]);
    expect(await ids([RUN])).toEqual(["run-0 2", "run-0 1", "run-0 4"]);
    expect(await ids([OTHER, "none" as RunId])).toEqual(["other 3", "other 1"]);
    expect(await ids([])).toEqual([]);
    expect(await store.listAlerts("none" as typeof PROJECT)).toEqual([]);
    await store.deleteRun(PROJECT, OTHER);
    expect(await ids()).toHaveLength(3);
  });

  test("of traces of one run with the same id the first folded is kept, and they come back as they were logged", async () => {
    const { store, reopen } = await open();
    const body = encodeValue({ messages: [{ n: Number.NaN, big: 2n ** 60n }], metadata: null });
    const entries = {
      $: "entries",
      v: [
        ["10", 1],
        ["2", { $: "-0" }],
      ],
    };
    const trace = traceOf("r:l:key\ud800", 1.5, 0.25, { key: "key\ud800", index: 0, body });
    const other = traceOf("r:l:key\ud801", 2, 1, { key: "", body: entries });
    const [a, b] = [new JournalLike({}, "a"), new JournalLike({}, "b")];
    await store.fold(a.batch([], { traces: [trace] }));
    await store.fold(b.batch([], { traces: [{ ...trace, step: 7 }, other] }));
    const after = await reopen();
    const wanted = [told(RUN, other), told(RUN, trace)];
    expect(await after.listTraces({ project: PROJECT })).toEqual(wanted);
    expect(await after.listTraces({ project: PROJECT, id: other.id })).toEqual([wanted[0]]);
  });

  test("traces are found by run, step and what their text has somewhere, in four orders and in parts", async () => {
    const { store } = await open();
    const [a, b] = [new JournalLike(), new JournalLike({ id: OTHER, number: 1 })];
    const traces = [
      traceOf("b", 1, 9, { searchText: "100% of it" }),
      traceOf("a", 1, 9, { searchText: "a_b" }),
      traceOf("c", 0, 10, { searchText: "axb \0 é" }),
    ];
    await store.fold(a.batch([], { traces }));
    await store.fold(b.batch([], { traces: [traceOf("d", 1, 8), traceOf("😀", 1, 8)] }));
    const ids = async (query: Omit<TraceQuery, "project"> = {}) =>
      (await store.listTraces({ project: PROJECT, ...query })).map(({ id }) => id).join(" ");
    expect(await ids()).toBe("c b a 😀 d");
    expect(await ids({ order: "time" })).toBe("d 😀 a b c");
    expect(await ids({ order: "step" })).toBe("c d 😀 a b");
    expect(await ids({ order: "-step" })).toBe("b a 😀 d c");
    expect(await ids({ limit: 2, offset: 1 })).toBe("b a");
    expect(await ids({ offset: 3 })).toBe("😀 d");
    expect(await ids({ limit: 0 })).toBe("");
    expect(await ids({ run: RUN })).toBe("c b a");
    expect(await ids({ run: "none" as RunId })).toBe("");
    expect(await ids({ step: 1, run: RUN })).toBe("b a");
    expect(await ids({ search: "%" })).toBe("b");
    expect(await ids({ search: "a_b" })).toBe("a");
    expect(await ids({ search: "\0 é" })).toBe("c");
    expect(await ids({ search: "" })).toBe("c b a 😀 d");
    expect(await store.listTraces({ project: "none" as typeof PROJECT })).toEqual([]);
  });

  test("an alert and a trace at a step beyond 2^53 stay at it", async () => {
    const { store, reopen } = await open();
    const step = 2n ** 53n + 1n;
    const traces = [
      { ...traceOf("a", 0, 0), step },
      { ...traceOf("b", 0, 1), step: step + 1n },
      traceOf("c", 2 ** 53, 2),
    ];
    await store.fold(new JournalLike().batch([], { alerts: [alertOf("a", 0, { step })], traces }));
    const again = await reopen();
    expect(await again.listAlerts(PROJECT)).toEqual([{ run: RUN, ...alertOf("a", 0, { step }) }]);
    const found = async (query: Omit<TraceQuery, "project">) =>
      (await again.listTraces({ project: PROJECT, order: "step", ...query })).map(
        (trace) => `${trace.id} ${trace.step}`,
      );
    expect(await found({ run: RUN })).toEqual([
      "a 9007199254740993",
      "c 9007199254740992",
      "b 9007199254740994",
    ]);
    expect(await found({ step })).toEqual(["a 9007199254740993"]);
    expect(await found({ step: 2n ** 53n })).toEqual(["c 9007199254740992"]);
  });

  test("traces of several runs with one time and id are each on one page", async () => {
    const { store } = await open();
    const runs = Array.from({ length: 6 }, (_, number) => `run-${(number * 5) % 6}` as RunId);
    for (const [number, id] of runs.entries()) {
      const journal = new JournalLike({ id, number });
      await store.fold(journal.batch([], { traces: [traceOf("same", 1, 0)] }));
    }
    for (const order of ["time", "-step"] as const) {
      const pages = await Promise.all(
        runs.map((_, offset) => store.listTraces({ project: PROJECT, order, limit: 1, offset })),
      );
      const wanted = order === "time" ? runs : runs.toReversed();
      expect(pages.flat().map(({ run }) => run)).toEqual(wanted);
    }
  });

  test("a blob counts as used for as long as a trace names it", async () => {
    const { store } = await open();
    const body = encodeValue({ messages: [{ content: [imageOf("seen")] }] });
    const inEntries = { $: "entries", v: [["7", encodeValue(imageOf("deep"))]] };
    const traces = [traceOf("a", 0, 0, { body }), traceOf("b", 0, 0, { body: inEntries })];
    await store.fold(new JournalLike().batch([], { traces }));
    const blobs = [blobNamed("seen"), blobNamed("deep")];
    const check = async (from: Store) => {
      expect(await from.unusedBlobs(blobs)).toEqual([]);
      expect(await allBlobs(from, RUN)).toEqual(blobs.toSorted());
      expect(await allBlobs(from)).toEqual(blobs.toSorted());
    };
    await check(store);
    await store.deleteRun(PROJECT, RUN);
    expect(await store.unusedBlobs(blobs)).toEqual(blobs);
    expect(await store.listTraces({ project: PROJECT })).toEqual([]);
  });

  test("an alert or trace at no time or step is refused", async () => {
    const { store } = await open();
    const journal = new JournalLike();
    const noTime = { alerts: [alertOf("a", Number.NaN)] };
    await expect(store.fold(journal.batch([], noTime))).rejects.toMatchObject({
      code: "invalid_argument",
    });
    const noStep = { traces: [traceOf("a", Number.POSITIVE_INFINITY, 0)] };
    await expect(store.fold(new JournalLike().batch([], noStep))).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });
}

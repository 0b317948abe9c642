/** `read-series.ts STORE RUN`: reads a series at 1,000 pixels, whole and in 50 windows, and prints how long that took. */

import type { RunId } from "../../src/protocol/ids.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { PROJECT } from "../../src/store/testing/batches.ts";
import { median } from "../bench-row.ts";

const [path = "", run = ""] = process.argv.slice(2);
const store = await SqliteStore.open(path);
const series = [{ run: run as RunId, key: "loss" }];
let state = 7;

/** Numbers from 0 to 1, the same in every process. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

async function read(window: { readonly from?: number; readonly to?: number }) {
  const begin = performance.now();
  const query = { project: PROJECT, series, axis: "step", buckets: 1_000, ...window } as const;
  const answer = await store.readSeries(query);
  return { ms: performance.now() - begin, answer };
}

const whole = await read({});
const { from, to } = whole.answer.extent!;
const times = [whole.ms];
for (let zoom = 0; zoom < 50; zoom++) {
  // From all down to a thousandth, each magnitude as likely: a point for each pixel, at the least.
  const width = (to - from) * 10 ** (-3 * random());
  const begin = from + random() * (to - from - width);
  times.push((await read({ from: begin, to: begin + width })).ms);
}
const sorted = times.toSorted((a, b) => a - b);
process.stdout.write(
  JSON.stringify({ medianMs: median(times), tenthMs: sorted[45], firstMs: whole.ms }),
);
await store.close();

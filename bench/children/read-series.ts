/**
 * `read-series.ts STORE WARM RUN`: reads a series at 1,000 pixels, whole and in 50 windows, and prints how many ms each
 * read took. The same reads of the run WARM come first, so that what is measured is the store and not the compiler; of
 * RUN itself nothing was read before.
 */

import type { RunId } from "../../src/protocol/ids.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { PROJECT } from "../../src/store/testing/batches.ts";

const [path = "", warm = "", run = ""] = process.argv.slice(2);
const store = await SqliteStore.open(path);
let state = 7;

/** Numbers from 0 to 1, the same in every process. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

async function read(id: string, window: { readonly from?: number; readonly to?: number }) {
  const begin = performance.now();
  const series = [{ run: id as RunId, key: "loss" }];
  const query = { project: PROJECT, series, axis: "step", buckets: 1_000, ...window } as const;
  const answer = await store.readSeries(query);
  return { ms: performance.now() - begin, answer };
}

/** How long each read took. */
async function readAll(id: string): Promise<number[]> {
  state = 7;
  const whole = await read(id, {});
  const { from, to } = whole.answer.extent!;
  const times = [whole.ms];
  for (let zoom = 0; zoom < 50; zoom++) {
    // From all down to a thousandth, each magnitude as likely: a point for each pixel, at the least.
    const width = (to - from) * 10 ** (-3 * random());
    const begin = from + random() * (to - from - width);
    times.push((await read(id, { from: begin, to: begin + width })).ms);
  }
  return times;
}

await readAll(warm);
process.stdout.write(JSON.stringify(await readAll(run)));
await store.close();

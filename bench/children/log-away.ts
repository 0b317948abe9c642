/** What `log()` costs, and what memory a script takes above its start, in calls of 10 numbers. Arguments: data folder, calls; a server is named by the environment. */

import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as trackio from "../../src/sdk/index.ts";

const [dir, calls] = process.argv.slice(2) as [string, string];
const samples = Array.from({ length: 256 }, () =>
  Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`metric-${i}`, Math.random()])),
);
const lines = samples.map(
  (values) => `${JSON.stringify([0, 1, Date.now(), ...Object.values(values)])}\n`,
);
const rssMb = () => process.memoryUsage.rss() / 1e6;

trackio.init({ project: "away", dir, exitTimeoutMs: 0 });
const fd = openSync(join(dir, "bare"), "ax");
// Filled, so that what is measured is not what measuring takes.
const logged = new Float64Array(Number(calls)).fill(1);
const bare = new Float64Array(Number(calls)).fill(1);
const startMb = rssMb();
let highestMb = startMb;
for (let i = 0; i < logged.length; i += 1) {
  const values = samples[i % 256]!;
  const line = lines[i % 256]!;
  const begin = performance.now();
  trackio.log(values);
  const between = performance.now();
  writeSync(fd, line);
  bare[i] = performance.now() - between;
  logged[i] = between - begin;
  if (i % 10_000 === 0) highestMb = Math.max(highestMb, rssMb());
}
closeSync(fd);
const p50 = (values: Float64Array) => values.toSorted()[values.length >> 1]!;
process.send!({ p50Ratio: p50(logged) / p50(bare), aboveMb: highestMb - startMb });
process.disconnect();
await trackio.finish({ timeoutMs: 0 });

/** Logs 10 numbers of 17 digits as fast as it can, and tells when the first call returned. Arguments: data folder, project, calls. */

import * as trackio from "../../src/sdk/index.ts";

const [dir, project, calls] = process.argv.slice(2) as [string, string, string];
const samples = Array.from({ length: 256 }, () =>
  Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`train/metric-${i}`, Math.random()])),
);
trackio.init({ project, dir });
trackio.log(samples[0]!);
const firstMs = performance.timeOrigin + performance.now();
for (let step = 1; step < Number(calls); step += 1) trackio.log(samples[step % 256]!);
process.send!({ firstMs });
process.disconnect();
await trackio.finish();

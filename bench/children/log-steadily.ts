/** Logs 10 numbers 2,000 times a second until it is killed. Argument: data folder. */

import * as trackio from "../../src/sdk/index.ts";

const [dir] = process.argv.slice(2) as [string];
trackio.init({ project: "steady", dir });
setInterval(() => {
  for (let call = 0; call < 20; call += 1) {
    trackio.log(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`m${i}`, Math.random()])));
  }
}, 10);

/** A script that logs as fast as it can and says of every call that it returned. Arguments: data folder, name of its run. */

import { writeSync } from "node:fs";
import { finish, init, log } from "../../src/sdk/index.ts";

const [dir, name] = process.argv.slice(2) as [string, string];
init({ project: "crash", name, dir });
for (let call = 0; call < 1_000_000; call++) {
  log({
    call,
    loss: 1 / (call + 1),
    ...(call % 7 === 0 ? { eval: { accuracy: call / 1e6 } } : {}),
  });
  writeSync(1, `${call}\n`);
}
await finish();

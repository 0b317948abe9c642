/** A script that logs pictures and says of every call that it returned. Arguments: data folder, name of its run. */

import { writeSync } from "node:fs";
import { finish, init, log } from "../../src/sdk/index.ts";
import { pictureOf } from "./pictures.ts";

const [dir, name] = process.argv.slice(2) as [string, string];
init({ project: "crash", name, dir });
const pause = new Int32Array(new SharedArrayBuffer(4));
for (let call = 0; call < 100_000; call++) {
  log({ call, picture: pictureOf(call), ...(call % 5 === 0 ? { same: [pictureOf(0)] } : {}) });
  writeSync(1, `${call}\n`);
  Atomics.wait(pause, 0, 0, 1);
}
await finish();

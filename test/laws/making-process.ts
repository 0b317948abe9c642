/** Makes what is pending in a data folder, again and again until it is killed. Argument: data folder. */

import { setTimeout as wait } from "node:timers/promises";
import { BlobFolder } from "../../src/media/blob-folder.ts";
import { BlobMaker } from "../../src/media/blob-maker.ts";

const [dir] = process.argv.slice(2) as [string];
const maker = new BlobMaker(BlobFolder.at(dir));
for (let round = 0; round < 100_000; round++) {
  await maker.makePending({ olderThanMs: 0 });
  await wait(5);
}

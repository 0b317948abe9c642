/** Folds a data folder again and again until it is killed. Argument: data folder. */

import { setTimeout as wait } from "node:timers/promises";
import { Folder } from "../../src/ingest/folder.ts";
import { openStoreForFolding } from "../../src/ingest/open-store.ts";

const [dir] = process.argv.slice(2) as [string];
const { folder, store } = await openStoreForFolding(dir);
const journals = new Folder(folder, store, { pieceBytes: 64 * 1024 });
for (let round = 0; round < 100_000; round++) {
  await journals.foldAll();
  await store.compact(5);
  await wait(5);
}

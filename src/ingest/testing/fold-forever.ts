/** Folds the data folder of its argument, round after round, until it is killed or told "enough" on its input. */

import { Folder } from "../folder.ts";
import { openStoreForFolding } from "../open-store.ts";

const [root, pieceBytes] = process.argv.slice(2) as [string, string];
const { folder, store } = await openStoreForFolding(root);
const folding = new Folder(folder, store, { pieceBytes: Number(pieceBytes) });
let isEnough = false;
process.stdin.on("data", () => {
  isEnough = true;
});
process.stdin.unref?.();
for (;;) {
  const isLast = isEnough;
  await folding.foldAll();
  if (isLast) break;
  await store.compact(5);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await store.close();
process.exit(0);

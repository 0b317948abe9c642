/** Begins runs and changes a shared head, as fast as it can, beside others of its kind. */

import { workerData } from "node:worker_threads";
import type { RunId } from "../../protocol/ids.ts";
import { DataFolder } from "../data-folder.ts";
import { updateHead } from "../run-head.ts";
import { beginRun, PROJECT } from "./begin-journal.ts";

const { root, id, thread, rounds } = workerData as {
  readonly root: string;
  readonly id: RunId;
  readonly thread: number;
  readonly rounds: number;
};
const folder = new DataFolder(root);
for (let round = 0; round < rounds; round += 1) {
  beginRun(folder, { name: `thread ${thread} round ${round}` });
  updateHead(folder, PROJECT, id, (head) => ({ ...head, recordCount: head.recordCount + 1 }));
}

/** Logs to the run of its arguments (data folder, project key, run id) until it is killed. */

import { DataFolder } from "../../journal/data-folder.ts";
import { JournalWriter } from "../../journal/journal-writer.ts";
import { readHead } from "../../journal/run-head.ts";
import { parseProjectKey, parseRunId } from "../../protocol/ids.ts";

const [root, key, id] = process.argv.slice(2) as [string, string, string];
const folder = new DataFolder(root);
const { run } = readHead(folder, parseProjectKey(key), parseRunId(id))!;
const journal = JournalWriter.create(folder, { run, time: Date.now() });
const loss = journal.keySet(["loss"]);
let step = 0;
setInterval(() => {
  journal.append(loss, [0, step, Date.now(), 1 / (step + 1)]);
  step += 1;
}, 50);

/**
 * Writes to the journal of a new run in the data folder of its argument until
 * the system lets its file grow no more, makes a little room as somebody who
 * frees the disk would, and writes the same batch again. Tells the file's path.
 */

import { truncateSync } from "node:fs";
import { DataFolder } from "../data-folder.ts";
import { errorCode } from "../file-errors.ts";
import { JournalWriter } from "../journal-writer.ts";
import { appendBatch, type BatchLine } from "./append-batch.ts";
import { beginRun } from "./begin-journal.ts";

const folder = new DataFolder(process.argv[2] as string);
const { run } = beginRun(folder, { name: "full" });
const journal = JournalWriter.create(folder, { run, time: 1 });

/** A batch of ten records, each of a key set of its own. */
function batch(from: number): BatchLine[] {
  return Array.from({ length: 10 }, (_, i) => ({
    set: journal.keySet([`key ${i}`, "padding".repeat(i)], { ids: true }),
    record: [0, from + i, 1, from + i, "x".repeat(50), `id ${from + i}`],
  }));
}

let from = 0;
for (let code: string | undefined; code === undefined; ) {
  try {
    appendBatch(journal, batch(from));
    from += 10;
  } catch (error) {
    code = errorCode(error);
    if (code !== "EFBIG" && code !== "ENOSPC") throw error;
  }
}
truncateSync(journal.path, journal.sizeBytes - 2_000);
appendBatch(journal, batch(from));
process.stdout.write(JSON.stringify({ path: journal.path, from }));

/**
 * Logs pictures to the run of its arguments (data folder, project key, run id)
 * as the SDK does: the blob is kept, named in the journal, and looked for once
 * more. Each line of its input, `{"name", "delayMs"}`, is one picture.
 */

import { createInterface } from "node:readline";
import { DataFolder } from "../../journal/data-folder.ts";
import { JournalWriter } from "../../journal/journal-writer.ts";
import { readHead } from "../../journal/run-head.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { keepBytes } from "../../media/keep-blob.ts";
import { parseProjectKey, parseRunId } from "../../protocol/ids.ts";
import { encodeValue } from "../../protocol/values.ts";
import { imageOf } from "../../store/testing/media.ts";

const [root, key, id] = process.argv.slice(2) as [string, string, string];
const folder = new DataFolder(root);
const blobs = new BlobFolder(folder);
const { run } = readHead(folder, parseProjectKey(key), parseRunId(id))!;
const journal = JournalWriter.create(folder, { run, time: Date.now() });
const image = journal.keySet(["image"]);
let step = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { name, delayMs } = JSON.parse(line) as { name: string; delayMs: number };
  for (const until = performance.now() + delayMs; performance.now() < until; );
  const { hash } = keepBytes(blobs, Buffer.from(name));
  journal.append(image, [0, step, Date.now(), encodeValue(imageOf(name))]);
  step += 1;
  if (blobs.find(hash).state === "missing") keepBytes(blobs, Buffer.from(name));
  process.stdout.write(`${name}\n`);
}
journal.close();

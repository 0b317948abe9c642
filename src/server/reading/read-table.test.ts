import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestFolder } from "../../ingest/testing/journals.ts";
import { BlobFolder, type BlobState } from "../../media/blob-folder.ts";
import { BlobMaker } from "../../media/blob-maker.ts";
import { keepRaw } from "../../media/keep-blob.ts";
import { tableQuerySchema } from "../../protocol/api.ts";
import { type BlobHash, MediaRef, type TablePart } from "../../protocol/media.ts";
import { MemoryStore } from "../../store/memory/memory-store.ts";
import { JournalLike, PROJECT, RUN } from "../../store/testing/batches.ts";
import { encodeRawTable } from "../../tables/raw-table.ts";
import { column } from "../../tables/testing/table-files.ts";
import type { TableQuestion } from "./question.ts";
import { exportTable, readTable } from "./read-table.ts";

/** Rows of each of the three parts, more than an export reads at once. */
const ROWS = 5_000;
const KEY = "text";

let data: TestFolder;
let made: TestFolder;
let store: MemoryStore;
let blobs: BlobFolder;
let parts: TablePart[];

/** A table of three parts as it was just logged, and elsewhere what a maker makes of them. */
beforeEach(async () => {
  [data, made] = [new TestFolder(), new TestFolder()];
  blobs = new BlobFolder(data);
  parts = [0, 1, 2].map((part) => {
    const ids = Array.from({ length: ROWS }, (_, row) => part * ROWS + row);
    const { header, chunks } = encodeRawTable([
      { name: "id", data: column("number", ids) },
      {
        name: "word",
        data: column(
          "string",
          ids.map((id) => `word ${(id * 7919) % 1000}`),
        ),
      },
    ]);
    keepRaw(new BlobFolder(made), header, chunks);
    return { blob: keepRaw(blobs, header, chunks).hash, rows: ROWS };
  });
  await new BlobMaker(new BlobFolder(made)).makePending({ olderThanMs: 0 });
  store = new MemoryStore();
  const columns = [
    { name: "id", type: "number" },
    { name: "word", type: "string" },
  ] as const;
  const table = new MediaRef("table", { table: "t", columns, before: 0, parts });
  await store.fold(new JournalLike().batch([{ step: 0, values: { [KEY]: table } }]));
});

afterEach(() => {
  data[Symbol.dispose]();
  made[Symbol.dispose]();
});

function question(query: object): TableQuestion {
  const asked = tableQuerySchema.parse({ key: KEY, sources: [{ run: RUN }], ...query });
  return { ask: "table", project: PROJECT, asWritten: PROJECT, query: asked };
}

/** What a maker does last: the part is there as Parquet, and its plain columns are gone. */
function move(blob: BlobHash): void {
  const ready = blobs.readyFile(blob);
  mkdirSync(dirname(ready), { recursive: true });
  copyFileSync(new BlobFolder(made).readyFile(blob), ready);
  rmSync(blobs.pendingFile(blob, "raw"), { force: true });
}

/** Says where a part is, a moment before it is moved. */
class MovingFolder extends BlobFolder {
  movedCount = 0;

  override find(hash: BlobHash): BlobState {
    const found = super.find(hash);
    if (found.state === "raw") {
      move(hash);
      this.movedCount += 1;
    }
    return found;
  }
}

test.each([
  ["as it is", {}],
  ["sorted", { sort: { column: 1, descending: true } }],
  ["filtered", { filters: [{ op: "contains", value: "word 77" }], from: 5 }],
])("a page %s is the same while its parts become Parquet", async (_, query) => {
  const expected = await readTable({ store, blobs }, question(query));
  const moving = new MovingFolder(data);
  expect(await readTable({ store, blobs: moving }, question(query))).toEqual(expected);
  expect(moving.movedCount).toBe(3);
});

test.each([
  ["as it is", {}],
  ["sorted", { sort: { column: 1, descending: false } }],
])("an export %s is the same whenever its parts become Parquet", async (_, query) => {
  let expected = "";
  for await (const piece of exportTable({ store, blobs }, question(query))) expected += piece;
  let text = "";
  let pieceCount = 0;
  for await (const piece of exportTable({ store, blobs }, question(query))) {
    text += piece;
    const next = parts[pieceCount];
    if (next !== undefined) move(next.blob);
    pieceCount += 1;
  }
  expect(pieceCount).toBeGreaterThan(3);
  expect(text).toBe(expected);
});

test("a part that is gone for good is looked for no longer", async () => {
  for (const { blob } of parts) rmSync(blobs.pendingFile(blob, "raw"));
  const page = readTable({ store, blobs }, question({}), { passesOverLost: true });
  await expect(page).rejects.toThrow(/^Part 1 of 3 of table 'text'.* is not on the disk any more/);
});

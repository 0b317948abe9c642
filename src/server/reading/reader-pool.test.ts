import { afterEach, beforeEach, expect, test } from "vitest";
import { openStoreForFolding } from "../../ingest/open-store.ts";
import { TestFolder } from "../../ingest/testing/journals.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { keepRaw } from "../../media/keep-blob.ts";
import { parseProjectKey } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import { MediaRef } from "../../protocol/media.ts";
import { JournalLike } from "../../store/testing/batches.ts";
import { encodeRawTable } from "../../tables/raw-table.ts";
import type { Question, TableQuestion } from "./question.ts";
import { ReaderPool } from "./reader-pool.ts";

let data: TestFolder;
let pool: ReaderPool;

const PROJECTS: Question = { ask: "projects", running: {} };

beforeEach(async () => {
  data = new TestFolder();
  const { store } = await openStoreForFolding(data.root);
  const steps = Float64Array.from({ length: 1000 }, (_, i) => i);
  const journal = new JournalLike();
  await store.fold(journal.columns({ loss: steps }));
  await store.fold(
    journal.batch([{ step: 1000, values: { small: table(10), large: table(300_000) } }]),
  );
  await store.close();
  pool = new ReaderPool(data.root, 2);
});

afterEach(async () => {
  await pool.close();
  data[Symbol.dispose]();
});

/** A table of so many random numbers, kept as they are. */
function table(rows: number): MediaRef<"table"> {
  const values = Float64Array.from({ length: rows }, Math.random);
  const { header, chunks } = encodeRawTable([
    { name: "x", data: { type: "number", values, nulls: undefined } },
  ]);
  const { hash } = keepRaw(new BlobFolder(data), header, chunks);
  const columns = [{ name: "x", type: "number" as const }];
  return new MediaRef("table", {
    table: `t${rows}`,
    columns,
    before: 0,
    parts: [{ blob: hash, rows }],
  });
}

function sorted(key: string, from = 0): TableQuestion {
  const query = {
    key,
    sources: [{ run: "run-0" }],
    sort: { column: 0, descending: false },
    filters: [],
    from,
    count: 10,
    whole: false,
  };
  return { ask: "table", project: parseProjectKey("vision"), asWritten: "vision", query };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("many questions at once are all answered", async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => pool.ask(PROJECTS)));
  for (const answer of answers) expect(JSON.parse(text(answer)).projects).toHaveLength(1);
});

test("a refusal comes back as what it is, and the next question is answered", async () => {
  const project = parseProjectKey("nope");
  const refused = pool.ask({ ask: "runs", project, asWritten: "nope" });
  await expect(refused).rejects.toMatchObject({ name: "TrackioError", code: "not_found" });
  expect(text(await pool.ask(PROJECTS))).toContain("vision");
});

test("a question that no thread can be told fails alone", async () => {
  let deep: Json = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  for (let i = 0; i < 3; i += 1) {
    const asked = pool.askTrackio({ ask: "trackio", call: "get_logs", values: { project: deep } });
    await expect(asked).rejects.toThrow();
  }
  expect(text(await pool.ask(PROJECTS))).toContain("vision");
});

test("more than a thousand waiting questions are refused as busy", async () => {
  const asked = Array.from({ length: 1_100 }, () => pool.ask(PROJECTS));
  const outcomes = await Promise.allSettled(asked);
  const refused = outcomes.filter(({ status }) => status === "rejected");
  expect(refused.length).toBe(98);
  expect(refused[0]).toMatchObject({ reason: { code: "busy" } });
});

test("a question that nobody waits for any more is dropped before its turn", async () => {
  const leaving = new AbortController();
  const first = [pool.ask(PROJECTS), pool.ask(PROJECTS)];
  const dropped = pool.ask(PROJECTS, leaving.signal);
  leaving.abort(new Error("gone"));
  await expect(dropped).rejects.toThrow("gone");
  await Promise.all(first);
});

test("close answers what is being read, and refuses what waits", async () => {
  const asked = Array.from({ length: 10 }, () => pool.ask(PROJECTS));
  const outcomes = Promise.allSettled(asked);
  await pool.close();
  const kinds = (await outcomes).map(({ status }) => status);
  expect(kinds.slice(2)).toEqual(Array(8).fill("rejected"));
  expect(kinds.slice(0, 2)).toEqual(["fulfilled", "fulfilled"]);
  await expect(pool.ask(PROJECTS)).rejects.toMatchObject({ code: "unavailable" });
});

test("tables keep no other question waiting: one reader is kept from them", async () => {
  // Both readers are there, and have nothing to load.
  await Promise.all([pool.ask(sorted("small")), pool.ask(PROJECTS), pool.ask(PROJECTS)]);
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  const tables = [
    pool.ask(sorted("large")).then(note("large")),
    pool.ask(sorted("small")).then(note("small")),
    pool.ask(sorted("large", 100)).then(note("next page")),
  ];
  await Promise.all(Array.from({ length: 5 }, () => pool.ask(PROJECTS).then(note("projects"))));
  expect(order).toEqual(Array(5).fill("projects"));
  await Promise.all(tables);
  expect(order.filter((name) => name !== "projects")).toEqual(["large", "small", "next page"]);
});

test("a page of a table that nobody waits for any more is dropped before its turn", async () => {
  const leaving = new AbortController();
  const first = pool.ask(sorted("large"));
  const dropped = pool.ask(sorted("large", 10), leaving.signal);
  leaving.abort(new Error("gone"));
  await expect(dropped).rejects.toThrow("gone");
  expect(JSON.parse(text(await first)).rows).toHaveLength(10);
});

test("an export is given up in the middle of its first piece", async () => {
  const leaving = new AbortController();
  const pieces = pool.exportTable(sorted("large"), leaving.signal);
  const first = pieces.next();
  leaving.abort();
  await expect(first).rejects.toThrow("The export was ended");
  const others = pool.exportTable(sorted("small"));
  let csv = "";
  for await (const piece of others) csv += text(piece);
  expect(csv.split("\r\n")).toHaveLength(12);
});

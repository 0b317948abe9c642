import { afterEach, beforeEach, expect, test } from "vitest";
import { openStoreForFolding } from "../../ingest/open-store.ts";
import { TestFolder } from "../../ingest/testing/journals.ts";
import { parseProjectKey } from "../../protocol/ids.ts";
import { JournalLike } from "../../store/testing/batches.ts";
import type { Question } from "./question.ts";
import { ReaderPool } from "./reader-pool.ts";

let data: TestFolder;
let pool: ReaderPool;

const PROJECTS: Question = { ask: "projects", running: {} };

beforeEach(async () => {
  data = new TestFolder();
  const { store } = await openStoreForFolding(data.root);
  const steps = Float64Array.from({ length: 1000 }, (_, i) => i);
  await store.fold(new JournalLike().columns({ loss: steps }));
  await store.close();
  pool = new ReaderPool(data.root, 2);
});

afterEach(async () => {
  await pool.close();
  data[Symbol.dispose]();
});

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

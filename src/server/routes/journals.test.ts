import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { JournalWriter } from "../../journal/journal-writer.ts";
import { findHead, markDeleted } from "../../journal/run-head.ts";
import { beginRun, PROJECT } from "../../journal/testing/begin-journal.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import type { RunId } from "../../protocol/ids.ts";
import { writeApp } from "../testing/write-app.ts";

/** A journal of another machine, and the path that it is sent to. */
function writeElsewhere(header: object = {}, records = 3) {
  const elsewhere = temporaryFolder();
  const { run } = beginRun(elsewhere, { name: "far" });
  const journal = JournalWriter.create(elsewhere, { run, time: 2_000, ...header });
  const set = journal.keySet(["loss"]);
  for (let step = 0; step < records; step += 1) journal.append(set, [0, step, 3_000 + step, 1]);
  journal.close();
  const bytes = readFileSync(journal.path);
  const { id } = journal.writer;
  return { run: run.id, writer: id, bytes, path: `/api/v1/journals/mnist/${run.id}/${id}` };
}

function streamOf(bytes: Uint8Array, pieceBytes: number): ReadableStream<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    pieces.push(bytes.subarray(from, from + pieceBytes));
  }
  return ReadableStream.from(pieces);
}

test("a journal arrives byte for byte, its run is made, and how much is here is told", async () => {
  const folder = temporaryFolder();
  const ask = writeApp(folder);
  const { path, bytes, run, writer } = writeElsewhere();
  expect(await ask("GET", path)).toEqual({ status: 200, body: { size: 0 } });
  const half = bytes.subarray(0, bytes.length - 10);
  const first = await ask("POST", `${path}?offset=0`, half);
  expect(first.status).toBe(200);
  const { size } = first.body as { size: number };
  // What ends without a newline is not kept: it comes again with its rest.
  expect(bytes.subarray(0, size).toString()).toMatch(/\n$/);
  const rest = await ask("POST", `${path}?offset=${size}`, bytes.subarray(size));
  expect(rest).toEqual({ status: 200, body: { size: bytes.length } });
  expect(readFileSync(folder.journalFile(PROJECT, run, writer)).equals(bytes)).toBe(true);
  expect(findHead(folder, PROJECT, { id: run })?.run).toMatchObject({ name: "far", number: 0 });
});

test("a body of any length is appended piece by piece, however it is cut", async () => {
  const folder = temporaryFolder();
  const ask = writeApp(folder);
  const { path, bytes, run, writer } = writeElsewhere({}, 150_000);
  expect(bytes.length).toBeGreaterThan(2_500_000);
  const answer = await ask("POST", path, streamOf(bytes, 65_537));
  expect(answer.body).toEqual({ size: bytes.length });
  expect(readFileSync(folder.journalFile(PROJECT, run, writer)).equals(bytes)).toBe(true);
});

test("a body that does not fit is answered with how much is here, and changes nothing", async () => {
  const folder = temporaryFolder();
  const ask = writeApp(folder);
  const { path, bytes, run, writer } = writeElsewhere();
  await ask("POST", path, bytes);
  for (const offset of [0, 5, bytes.length + 7]) {
    const { status, body } = await ask("POST", `${path}?offset=${offset}`, bytes);
    expect(status).toBe(409);
    expect(body).toMatchObject({ size: bytes.length, error: { code: "conflict" } });
  }
  expect(readFileSync(folder.journalFile(PROJECT, run, writer)).equals(bytes)).toBe(true);
});

test("an empty body is a sign of life", async () => {
  const ask = writeApp(temporaryFolder());
  const { path, bytes } = writeElsewhere();
  await ask("POST", path, bytes);
  const { status, body } = await ask("POST", `${path}?offset=${bytes.length}`);
  expect({ status, body }).toEqual({ status: 200, body: { size: bytes.length } });
});

test("what somebody else sends for a writer that is gone is as old as its last sign", async () => {
  const folder = temporaryFolder();
  const { path, bytes, run, writer } = writeElsewhere();
  await writeApp(folder)("POST", `${path}?silentMs=3600000`, bytes);
  const agoMs = Date.now() - statSync(folder.journalFile(PROJECT, run, writer)).mtimeMs;
  expect(agoMs).toBeGreaterThanOrEqual(3_600_000);
  expect(agoMs).toBeLessThan(3_660_000);
});

test("a run that was deleted here, and one that has to be here and is not, are refused", async () => {
  const folder = temporaryFolder();
  const ask = writeApp(folder);
  const must = writeElsewhere({ resumed: "must" });
  expect(await ask("POST", must.path, must.bytes)).toMatchObject({
    status: 404,
    body: { error: { code: "not_found" } },
  });
  expect(existsSync(folder.runFolder(PROJECT, must.run))).toBe(false);
  const { path, bytes, run } = writeElsewhere();
  markDeleted(folder, PROJECT, run);
  const deleted = { status: 410, body: { error: { code: "deleted" } } };
  expect(await ask("POST", path, bytes)).toMatchObject(deleted);
  expect(await ask("GET", path)).toMatchObject(deleted);
});

test("who has not the write token can neither send nor ask", async () => {
  const folder = temporaryFolder();
  const ask = writeApp(folder);
  const { path, bytes } = writeElsewhere();
  for (const headers of [{}, { "x-trackio-write-token": "v" }]) {
    const refused = { status: 403, body: { error: { code: "forbidden" } } };
    expect(await ask("POST", path, bytes, headers)).toMatchObject(refused);
    expect(await ask("GET", path, undefined, headers)).toMatchObject(refused);
  }
  expect(existsSync(folder.projectsPath)).toBe(false);
});

test.each([
  ["offset=-1", /offset is "-1"/],
  ["offset=1e3", /offset is "1e3"/],
  ["silentMs=soon", /silentMs is "soon"/],
  ["lane=other", /lane is "other"/],
])("%s is refused by name", async (query, sentence) => {
  const { path, bytes } = writeElsewhere();
  const { status, body } = await writeApp(temporaryFolder())("POST", `${path}?${query}`, bytes);
  expect(status).toBe(400);
  expect((body as { error: { message: string } }).error.message).toMatch(sentence);
});

test.each(["..%2f..%2fevil", "%2e%2e", "a%00b", "A", "a".repeat(200)])(
  "a writer %j never leads out of the run's folder",
  async (writer) => {
    const folder = temporaryFolder();
    const { bytes } = writeElsewhere();
    const run = "r" as RunId;
    const { status } = await writeApp(folder)(
      "POST",
      `/api/v1/journals/mnist/${run}/${writer}`,
      bytes,
    );
    expect([400, 404]).toContain(status);
    expect(existsSync(folder.storePath)).toBe(false);
  },
);

test("a folder that cannot be written to is told without its path", async () => {
  const folder = temporaryFolder();
  const ask = writeApp(folder);
  const { path, bytes } = writeElsewhere();
  mkdirSync(folder.storePath, { recursive: true });
  writeFileSync(join(folder.storePath, "projects"), "a file");
  const answer = await ask("POST", path, bytes);
  expect(answer.status).toBe(503);
  expect(JSON.stringify(answer.body)).toContain("<data folder>");
  expect(JSON.stringify(answer.body)).not.toContain(folder.root);
});

import { once } from "node:events";
import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { JournalWriter } from "../../journal/journal-writer.ts";
import { readRemoteMark, writeRemoteMark } from "../../journal/remote-mark.ts";
import { beginRun, PROJECT } from "../../journal/testing/begin-journal.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { type Ask, writeApp } from "../../server/testing/write-app.ts";
import type { JournalRoute } from "./outgoing-journal.ts";
import type { SendTrouble } from "./send-trouble.ts";
import { type SenderNews, ServerSender } from "./server-sender.ts";

/** What stands between a sender and the server: an answer of its own, or undefined to pass the request on. */
type Between = (
  request: IncomingMessage,
  body: Buffer,
) => { readonly status: number; readonly body: object } | undefined;

const open: (() => void)[] = [];

afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** The real routes behind a socket. */
async function serve(ask: Ask, between: Between = () => undefined): Promise<string> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const token = request.headers["x-trackio-write-token"];
    const headers: Record<string, string> =
      typeof token === "string" ? { "x-trackio-write-token": token } : {};
    const answer =
      between(request, body) ??
      (await ask(
        request.method!,
        request.url!,
        request.method === "GET" ? undefined : body,
        headers,
      ));
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function writeJournal(records: number, header: object = {}) {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, { name: "far" });
  const journal = JournalWriter.create(folder, { run, time: 2_000, ...header });
  const set = journal.keySet(["loss"]);
  for (let step = 0; step < records; step += 1) journal.append(set, [0, step, 3_000 + step, 0.25]);
  journal.close();
  const { path, writer } = journal;
  const route = { path, root: folder.root, project: PROJECT, run: run.id, writer: writer.id };
  return { ...route, mustExist: false, folder };
}

/** Sends the journal until nothing is left to do for it. @returns what was told. */
async function send(
  serverUrl: string,
  journal: Omit<JournalRoute, "serverUrl">,
  news: SenderNews = {},
): Promise<{ readonly refusal: object | undefined; readonly troubles: SendTrouble[] }> {
  const troubles: SendTrouble[] = [];
  const refusal = await new Promise<object | undefined>((resolve) => {
    const sender = new ServerSender(serverUrl, "w", {
      signIntervalMs: 30_000,
      news: {
        ...news,
        onSettled: (_, told) => resolve(told),
        onTrouble: (trouble) => troubles.push(trouble),
      },
    });
    open.push(() => sender.close());
    sender.hurry(Number.POSITIVE_INFINITY);
    sender.add({ ...journal, serverUrl }, { isOpen: false });
  });
  return { refusal, troubles };
}

function isPost(request: IncomingMessage): boolean {
  return request.method === "POST" && request.url!.startsWith("/api/v1/journals/");
}

test("a long journal goes in pieces of a megabyte, and its mark says that all is there", async () => {
  const [there, journal] = [temporaryFolder(), writeJournal(200_000)];
  const sizes: number[] = [];
  const url = await serve(writeApp(there), (request, body) => {
    if (isPost(request)) sizes.push(body.length);
    return undefined;
  });
  const { refusal, troubles } = await send(url, journal);
  expect([refusal, troubles]).toEqual([undefined, []]);
  const bytes = readFileSync(journal.path);
  const arrived = readFileSync(there.journalFile(PROJECT, journal.run as never, journal.writer));
  expect(arrived.equals(bytes)).toBe(true);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
  expect(sizes.length).toBe(Math.ceil(bytes.length / (1024 * 1024 - 100)));
  expect(readRemoteMark(journal.path)).toEqual({
    serverUrl: url,
    sentBytes: bytes.length,
    sizeBytes: bytes.length,
    isDone: true,
  });
});

test("whoever takes small bodies only gets small ones", async () => {
  const [there, journal] = [temporaryFolder(), writeJournal(20_000)];
  const url = await serve(writeApp(there), (request, body) =>
    isPost(request) && body.length > 100_000 ? { status: 413, body: {} } : undefined,
  );
  const { troubles } = await send(url, journal);
  expect(troubles.map(({ kind }) => kind)).toContain("too-large");
  expect(readRemoteMark(journal.path)?.isDone).toBe(true);
});

test("a line that is longer than a piece goes whole", async () => {
  const [there, journal] = [
    temporaryFolder(),
    writeJournal(3, { config: { text: "x".repeat(3_000_000) } }),
  ];
  await send(await serve(writeApp(there)), journal);
  const arrived = readFileSync(there.journalFile(PROJECT, journal.run as never, journal.writer));
  expect(arrived.equals(readFileSync(journal.path))).toBe(true);
});

test("what the server knows better counts: less than was noted, or more", async () => {
  for (const share of [0, 0.5]) {
    const [there, journal] = [temporaryFolder(), writeJournal(1_000)];
    const ask = writeApp(there);
    const url = await serve(ask);
    const bytes = readFileSync(journal.path);
    const part = bytes.subarray(0, bytes.indexOf("\n", bytes.length * share) + 1);
    const path = `/api/v1/journals/${PROJECT}/${journal.run}/${journal.writer}`;
    await ask("POST", path, part);
    // The server was restored from a backup; or an answer was lost.
    const sentBytes = share === 0 ? bytes.length - 1 : 10;
    writeRemoteMark(journal.path, { serverUrl: url, sentBytes, isDone: false });
    await send(url, journal);
    const arrived = readFileSync(there.journalFile(PROJECT, journal.run as never, journal.writer));
    expect(arrived.equals(bytes)).toBe(true);
  }
});

test("a last line that was torn is left out, and all is there without it", async () => {
  const [there, journal] = [temporaryFolder(), writeJournal(10)];
  const whole = readFileSync(journal.path).length;
  appendFileSync(journal.path, "[0,10,30");
  const url = await serve(writeApp(there));
  await send(url, journal);
  expect(readRemoteMark(journal.path)).toEqual({
    serverUrl: url,
    sentBytes: whole,
    sizeBytes: whole,
    isDone: true,
  });
});

test("an answer that says nothing new is trouble, and no end", async () => {
  const journal = writeJournal(10);
  let count = 0;
  const url = await serve(writeApp(temporaryFolder()), (request) => {
    count += 1;
    return isPost(request) && count < 4 ? { status: 409, body: { size: 0 } } : undefined;
  });
  const { troubles } = await send(url, journal);
  expect(troubles.length).toBe(3);
});

test("a server that knows no journals is told as such", async () => {
  const journal = writeJournal(1);
  let told: SendTrouble | undefined;
  const url = await serve(writeApp(temporaryFolder()), () =>
    told === undefined ? { status: 404, body: { error: "Unknown API" } } : undefined,
  );
  const sender = new ServerSender(url, "w", {
    signIntervalMs: 30_000,
    news: {
      onTrouble: (trouble) => {
        told = trouble;
      },
    },
  });
  open.push(() => sender.close());
  sender.add({ ...journal, serverUrl: url }, { isOpen: false });
  await expect.poll(() => told?.message).toMatch(/404, as no server of this package/);
});

test("an answer that has more than was ever sent is trouble, and no end", async () => {
  const journal = writeJournal(10);
  let count = 0;
  const url = await serve(writeApp(temporaryFolder()), (request) => {
    count += 1;
    return isPost(request) && count < 3 ? { status: 200, body: { size: 1e9 } } : undefined;
  });
  const { troubles } = await send(url, journal);
  expect(troubles.map(({ kind }) => kind)).toEqual(["away", "away"]);
  expect(readRemoteMark(journal.path)).toMatchObject({
    sentBytes: readFileSync(journal.path).length,
  });
});

test("a journal that the server makes nothing of keeps no other waiting", async () => {
  const journals = [writeJournal(10), writeJournal(10), writeJournal(10)];
  const [ill] = journals;
  const url = await serve(writeApp(temporaryFolder()), (request) =>
    request.url!.includes(ill!.writer) ? { status: 500, body: {} } : undefined,
  );
  const settled: string[] = [];
  const troubled: (string | undefined)[] = [];
  const sender = new ServerSender(url, "w", {
    signIntervalMs: 30_000,
    news: {
      onSettled: (path) => settled.push(path),
      onTrouble: (_, __, path) => troubled.push(path),
    },
  });
  open.push(() => sender.close());
  for (const journal of journals) sender.add({ ...journal, serverUrl: url }, { isOpen: false });
  const others = [journals[1]!.path, journals[2]!.path];
  await expect.poll(() => settled, { timeout: 20_000 }).toEqual(others);
  expect(new Set(troubled)).toEqual(new Set([ill!.path]));
});

test("a journal that cannot be read throws nothing at whoever asks what is left", async () => {
  const journal = writeJournal(10);
  rmSync(journal.path);
  mkdirSync(journal.path);
  const kinds: string[] = [];
  const sender = new ServerSender("http://127.0.0.1:9", "w", {
    signIntervalMs: 30_000,
    news: { onTrouble: ({ kind }) => kinds.push(kind) },
  });
  open.push(() => sender.close());
  sender.add({ ...journal, serverUrl: "http://127.0.0.1:9" }, { isOpen: false });
  await expect.poll(() => kinds[0]).toBe("local");
  expect(sender.left(sender.paths).blobs).toBe(0);
});

test("a clock that is set back takes no sign of life away", async () => {
  const journal = writeJournal(10);
  let nowMs = Date.now();
  let signs = 0;
  const url = await serve(writeApp(temporaryFolder()), (_, body) => {
    if (body.length === 0) signs += 1;
    return undefined;
  });
  const sender = new ServerSender(url, "w", { signIntervalMs: 30_000, now: () => nowMs });
  open.push(() => sender.close());
  sender.add({ ...journal, serverUrl: url }, { isOpen: true });
  await expect.poll(() => sender.left(sender.paths).bytes).toBe(0);
  expect(signs).toBe(0);
  nowMs -= 24 * 3_600_000;
  await expect.poll(() => signs).toBe(1);
});

test("what an old server makes nothing of is told, and goes once the server knows it", async () => {
  const journal = writeJournal(10);
  const error = { code: "invalid_argument", message: "The first line is of version 9." };
  const there = temporaryFolder();
  const old = await serve(writeApp(there), (request) =>
    isPost(request) ? { status: 400, body: { error } } : undefined,
  );
  writeRemoteMark(journal.path, { serverUrl: old, sentBytes: 0, isDone: false });
  expect((await send(old, journal)).refusal).toEqual(error);
  expect(readRemoteMark(journal.path)?.isDone).toBe(false);
  const { refusal } = await send(await serve(writeApp(there)), journal);
  expect([refusal, readRemoteMark(journal.path)?.isDone]).toEqual([undefined, true]);
});

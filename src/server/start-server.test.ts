import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deleteRun } from "../ingest/delete-run.ts";
import { TestFolder } from "../ingest/testing/journals.ts";
import { PythonDatabase } from "../ingest/testing/python-database.ts";
import {
  type ChangeEvent,
  projectListSchema,
  type Run,
  runListSchema,
  type SeriesRequest,
} from "../protocol/api.ts";
import { decodeSeriesFrame } from "../protocol/series-frame-codec.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { imageOf } from "../store/testing/media.ts";
import { type RunningServer, startServer } from "./start-server.ts";

let data: TestFolder;
let server: RunningServer;
let logged: string[];

beforeEach(async () => {
  data = new TestFolder();
  logged = [];
  server = await startServer({ root: data.root, port: 0, log: (line) => logged.push(line) });
});

afterEach(async () => {
  await server.close();
  data[Symbol.dispose]();
  expect(logged).toEqual([]);
});

async function runsOf(project: string): Promise<Run[]> {
  const response = await fetch(`${server.url}/api/v1/projects/${project}/runs`);
  return response.status === 404 ? [] : runListSchema.parse(await response.json()).runs;
}

async function series(project: string, request: SeriesRequest) {
  const response = await fetch(`${server.url}/api/v1/projects/${project}/series`, {
    method: "POST",
    body: JSON.stringify(request),
  });
  return decodeSeriesFrame(new Uint8Array(await response.arrayBuffer()));
}

/** Looks again and again, for 10 s at most. */
async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The live events of one project. */
async function follow(project: string) {
  const closing = new AbortController();
  const response = await fetch(`${server.url}/api/v1/events?project=${project}`, {
    signal: closing.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    /** The next event that is a change. */
    async next(): Promise<ChangeEvent> {
      for (;;) {
        const match = /event: (\w+)\nid: \S+\ndata: (.*)\n\n/.exec(text);
        if (match !== null) {
          text = text.slice(match.index + match[0].length);
          if (match[1] === "change") return JSON.parse(match[2]!) as ChangeEvent;
          continue;
        }
        const { done, value } = await reader.read();
        if (done) throw new Error("the events ended");
        text += value;
      }
    },
    close: () => closing.abort(),
  };
}

describe("from a journal to a page", () => {
  test("what is logged is told within 300 ms or so, and can be read", async () => {
    const run = data.run("Vision", { name: "first" });
    const journal = data.journal(run);
    const events = await follow("Vision");
    journal.log(0, { loss: 1 });
    // The header may be told by itself, before the record behind it.
    const born = await until(async () => (await events.next()).runs.find(({ newKeys }) => newKeys));
    expect(born).toMatchObject({ id: run.id, step: 0 });
    const beganAt = performance.now();
    journal.log(1, { loss: 0.5 });
    const told = await events.next();
    expect(performance.now() - beganAt).toBeLessThan(1_000);
    expect(told.runs[0]).toMatchObject({ id: run.id, step: 1, newKeys: false, facts: false });
    const frame = await series("Vision", { runs: [run.id], keys: ["loss"] });
    expect([...frame.series[0]!.mean]).toEqual([1, 0.5]);
    journal.log(2, { image: imageOf("a") });
    const shown = await events.next();
    expect(shown.runs[0]).toMatchObject({ id: run.id, step: 2, newKeys: true, media: true });
    events.close();
    journal.end();
    await until(async () => (await runsOf("Vision"))[0]?.status === "finished");
    await until(async () => !existsSync(journal.path));
  });

  test("what was logged before the server began is there", async () => {
    await server.close();
    const journal = data.journal(data.run("vision"));
    for (let step = 0; step < 1000; step++) journal.log(step, { loss: step });
    server = await startServer({ root: data.root, port: 0, log: (line) => logged.push(line) });
    const [run] = await until(async () => {
      const runs = await runsOf("vision");
      return runs[0]?.recordCount === 1000 && runs;
    });
    expect(run).toMatchObject({ status: "running", lastStep: 999 });
    // The store knows the run a moment before the server knows that it runs.
    await until(async () => {
      const response = await fetch(`${server.url}/api/v1/projects`);
      const { projects } = projectListSchema.parse(await response.json());
      return projects[0]?.runCount === 1 && projects[0].runningCount === 1;
    });
  });
});

test("a running run whose process dies is lost within 3 s, and pages are told", async () => {
  const run = data.run("vision");
  const child = spawn(process.execPath, [
    join(import.meta.dirname, "..", "ingest", "testing", "log-forever.ts"),
    data.root,
    run.projectKey,
    run.id,
  ]);
  await until(async () => (await runsOf("vision"))[0]?.status === "running");
  const events = await follow("vision");
  child.kill("SIGKILL");
  await once(child, "exit");
  const diedAt = performance.now();
  await until(async () => (await events.next()).runs.some(({ facts }) => facts));
  expect(performance.now() - diedAt).toBeLessThan(3_000);
  expect((await runsOf("vision"))[0]!.status).toBe("lost");
  events.close();
});

test("a run that another process deletes is gone, and pages are told", async () => {
  const run = data.run("vision");
  data.journal(run).log(0, { loss: 1 });
  data.journal(data.run("vision")).log(0, { loss: 1 });
  await until(async () => (await runsOf("vision")).length === 2);
  const events = await follow("vision");
  const store = await SqliteStore.open(data.databaseFile);
  await deleteRun(data, store, run.projectKey, run.id, { force: true });
  await store.close();
  await until(async () => (await events.next()).runs.length === 0);
  expect((await runsOf("vision")).length).toBe(1);
  events.close();
});

describe("every byte from outside may be hostile", () => {
  /** What the server answers to these bytes, until it or the answer ends. */
  async function raw(bytes: string): Promise<string> {
    const socket = connect(server.port, "127.0.0.1");
    socket.end(bytes);
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  }

  test.each([
    "GET /../../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "GET /api/v1/projects/%/runs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "POST /api/v1/projects/x/series HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{}",
    "POST /api/v1/projects/x/series HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n",
    "\0\0\0 nonsense \r\n\r\n",
  ])("%j gets no file, no crash, and the next request is answered", async (bytes) => {
    expect(await raw(bytes)).not.toMatch(/root:|HTTP\/1.1 5\d\d (?!Service)/);
    expect((await fetch(`${server.url}/version`)).status).toBe(200);
  });

  test("a page that goes away in the middle of an answer harms nobody", async () => {
    const journal = data.journal(data.run("vision"));
    for (let step = 0; step < 5_000; step++) journal.log(step, { loss: step });
    await until(async () => (await runsOf("vision"))[0]?.recordCount === 5_000);
    for (let i = 0; i < 20; i++) {
      const leaving = new AbortController();
      const body = JSON.stringify({ runs: [(await runsOf("vision"))[0]!.id], keys: ["loss"] });
      const answer = fetch(`${server.url}/api/v1/projects/vision/series`, {
        method: "POST",
        body,
        signal: leaving.signal,
      });
      setImmediate(() => leaving.abort());
      await answer.catch(() => undefined);
    }
    expect((await fetch(`${server.url}/version`)).status).toBe(200);
  });
});

test("a data folder whose store is damaged is refused by name", async () => {
  using other = new TestFolder();
  mkdirSync(join(other.root, "store"));
  writeFileSync(join(other.root, "store", "store.db"), "no database".repeat(1000));
  const refused = startServer({ root: other.root, port: 0 });
  await expect(refused).rejects.toMatchObject({ code: "damaged" });
});

test("a folder of Trackio for Python that cannot be written to is refused with the way out", async () => {
  using other = new TestFolder();
  using _demo = new PythonDatabase(other.root, "demo");
  // Stands for a folder without the right to write, which the tests may have everywhere.
  writeFileSync(join(other.root, "store"), "in the way");
  const refused = startServer({ root: other.root, port: 0 });
  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining(`can be copied: trackio import '${other.root}' --dir FOLDER.`),
  });
});

describe("where it listens", () => {
  test("server.json tells it, and is gone after close", async () => {
    const path = join(data.root, "store", "server.json");
    const file = JSON.parse(readFileSync(path, "utf8")) as { url: string; pid: number };
    expect(file).toMatchObject({ url: server.url, pid: process.pid });
    await server.close();
    expect(existsSync(path)).toBe(false);
  });

  test("a second server on the same data folder works, and folds nothing twice", async () => {
    await using second = await startServer({ root: data.root, port: 0 });
    const journal = data.journal(data.run("vision"));
    for (let step = 0; step < 500; step++) journal.log(step, { loss: step });
    for (const { url } of [server, second]) {
      const runs = await until(async () => {
        const response = await fetch(`${url}/api/v1/projects/vision/runs`);
        if (response.status === 404) return undefined;
        const list = runListSchema.parse(await response.json()).runs;
        return list[0]?.recordCount === 500 && list;
      });
      expect(runs.length).toBe(1);
    }
    await second.close();
    expect((await fetch(`${server.url}/version`)).status).toBe(200);
  });

  test("a port that is taken is refused by name", async () => {
    const taken = startServer({ root: data.root, port: server.port });
    await expect(taken).rejects.toThrow(new RegExp(`port ${server.port}.*another program`));
  });

  test("without a port the next free one from 7860 on is taken", async () => {
    const other = createServer();
    const isOurs = await new Promise<boolean>((resolve) => {
      other.once("error", () => resolve(false));
      other.listen(7860, "127.0.0.1", () => resolve(true));
    });
    await using second = await startServer({ root: data.root });
    // Where another program has 7860, it may give it back at any moment.
    expect(second.port).toBeGreaterThanOrEqual(isOurs ? 7861 : 7860);
    expect(second.port).toBeLessThan(7960);
    other.close();
  });

  test("close ends streams that are open", async () => {
    const events = await follow("vision");
    await server.close();
    await expect(events.next()).rejects.toThrow();
  });
});

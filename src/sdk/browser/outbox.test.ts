import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DataFolder } from "../../journal/data-folder.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import type { RunList } from "../../protocol/api.ts";
import type { RunId } from "../../protocol/ids.ts";
import { type RunningServer, startServer } from "../../server/start-server.ts";
import { provideTables } from "../lazy-media.ts";
import { Table } from "../table/table.ts";
import * as tableEncoding from "../table-encoding.ts";
import { Warnings } from "../warnings.ts";
import { beginRun, checkPageOptions } from "./begin-run.ts";
import type { BrowserInitOptions } from "./browser-run.ts";
import { Image } from "./image.ts";
import type { KeptJournals } from "./kept-journals.ts";
import { MemoryJournals } from "./memory-journals.ts";
import { PageRun } from "./page-run.ts";
import { ServerRequests } from "./server-requests.ts";

provideTables(tableEncoding);

let folder: DataFolder;
let server: RunningServer;
/** A run of a page whose browser keeps nothing, on a line of the test's choice. */
function begin(
  options: Omit<BrowserInitOptions, "serverUrl">,
  { journals = new MemoryJournals() as KeptJournals, line = fetch } = {},
) {
  const warnings = new Warnings(() => {});
  const given = { ...options, serverUrl: server.url, writeToken: server.tokens.write };
  const begun = beginRun(checkPageOptions(given), warnings, Date.now());
  const requests = new ServerRequests(server.url, server.tokens.write, line);
  const run = new PageRun(
    { ...begun, journals: Promise.resolve(journals), server: requests },
    warnings,
  );
  return { run, journals, warnings, facts: begun.facts };
}

async function runsOf(project: string): Promise<RunList["runs"]> {
  const response = await fetch(`${server.url}/api/v1/projects/${project}/runs`);
  return response.ok ? ((await response.json()) as RunList).runs : [];
}

describe("a page's run on its way", () => {
  beforeEach(async () => {
    folder = temporaryFolder();
    server = await startServer({ root: folder.root, port: 0, log: () => {} });
  });
  afterEach(() => server.close());

  test("comes whole and once, whatever the line does: answers that are lost, refusals, cuts, doubles", async () => {
    let asked = 0;
    const line: typeof fetch = async (input, init) => {
      asked += 1;
      if (asked % 7 === 1) throw new TypeError("the line is cut");
      if (asked % 7 === 3) return new Response("<h1>Bad Gateway</h1>", { status: 502 });
      if (asked % 7 === 5) await fetch(input, init);
      const answer = await fetch(input, init);
      if (asked % 7 === 6) throw new TypeError("the answer is lost");
      return answer;
    };
    const { run, warnings } = begin({ project: "line", name: "one" }, { line });
    for (let round = 0; round < 8; round += 1) {
      for (let i = 0; i < 50; i += 1) run.log({ i: round * 50 + i });
      run.log({ image: new Image([[round / 8, 1]]), table: new Table([{ round }]) });
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const report = await run.finish({ timeoutMs: 60_000 });
    expect(report.unsent).toBeUndefined();
    // The first is that this "browser" keeps nothing.
    expect(warnings.messages.at(-1)).toContain("cannot be reached");
    await expect
      .poll(async () => (await runsOf("line"))[0], { timeout: 20_000 })
      .toMatchObject({ recordCount: 408, lastStep: 407, status: "finished" });
  }, 90_000);

  test("a page that logs without a pause longer than a blink sends its pictures meanwhile", async () => {
    const puts: string[] = [];
    const line: typeof fetch = async (input, init) => {
      if (init?.method === "PUT") puts.push(String(input));
      return await fetch(input, init);
    };
    const { run } = begin({ project: "busy" }, { line });
    run.log({ image: new Image([[0.5, 1]]) });
    const logging = setInterval(() => run.log({ i: 1 }), 20);
    await expect.poll(() => puts.length, { timeout: 20_000 }).toBe(1);
    clearInterval(logging);
    await run.finish();
    expect(puts).toHaveLength(1);
  }, 20_000);

  test("a database that goes wrong under way throws nothing at the page, and keeps nothing from the server", async () => {
    const journals = new MemoryJournals();
    const { run } = begin({ project: "torn" }, { journals });
    run.log({ a: 1 });
    await run.ready;
    const broken = () => Promise.reject(new Error("the database is closing"));
    Object.assign(journals, {
      journal: broken,
      blobsToSend: broken,
      write: broken,
      noteSent: broken,
      remove: broken,
    });
    run.log({ a: 2, image: new Image([[0.5, 1]]) });
    const report = await run.finish();
    expect(report.unsent).toBeUndefined();
    expect(report.warnings.join("\n")).toContain("the database is closing");
    await expect
      .poll(async () => (await runsOf("torn"))[0], { timeout: 20_000 })
      .toMatchObject({ recordCount: 2, status: "finished" });
  });

  test("a database without room keeps nothing from the server, from its first line on; what is left is told", async () => {
    const journals = new MemoryJournals();
    const full = () => Promise.reject(new Error("QuotaExceededError"));
    Object.assign(journals, { write: full });
    const { run } = begin({ project: "full" }, { journals });
    for (let i = 0; i < 10; i += 1) {
      run.log({ i, image: new Image([[i / 10, 1]]) });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const report = await run.finish();
    expect(report.unsent).toBeUndefined();
    expect(report.warnings.join("\n")).toContain("QuotaExceededError); it is sent from memory");
    await expect
      .poll(async () => (await runsOf("full"))[0], { timeout: 20_000 })
      .toMatchObject({ recordCount: 10, status: "finished" });
    const away: typeof fetch = () => Promise.reject(new TypeError("away"));
    const other = begin({ project: "full" }, { journals, line: away }).run;
    other.log({ a: 1, image: new Image([[0.5, 1]]) });
    const { unsent, sizeBytes } = await other.finish({ timeoutMs: 100 });
    expect(unsent).toEqual({ bytes: sizeBytes, blobs: 1, serverUrl: server.url });
  }, 20_000);

  test("values that cannot be read, and limits that are none, are told and throw nothing", async () => {
    const { run } = begin({ project: "odd" });
    const trap = {
      get lr(): number {
        throw new Error("a trap");
      },
    };
    run.config.set(trap);
    run.summary.set(trap);
    run.config.set(null as unknown as object);
    run.log({ a: 1 });
    const report = await run.finish({ timeoutMs: Number.POSITIVE_INFINITY });
    expect(report.unsent).toBeUndefined();
    expect(report.refusedCalls).toBeGreaterThan(0);
    const other = begin({ project: "odd" }).run;
    await expect(other.finish(null as unknown as object)).resolves.toMatchObject({
      project: "odd",
    });
  });

  test("a picture is kept until the server has it or has said why not; more than was sent is no answer", async () => {
    let [refused, boasted] = [0, 0];
    const line: typeof fetch = async (input, init) => {
      if (String(input).includes("/blobs/") && init?.method === "PUT" && refused++ === 0) {
        return new Response("<h1>Not Found</h1>", { status: 404 });
      }
      if (String(input).includes("/journals/") && boasted++ === 0) {
        return Response.json({ size: 1e9 });
      }
      return await fetch(input, init);
    };
    const { run } = begin({ project: "kept" }, { line });
    run.log({ image: new Image([[0, 1]]) });
    const report = await run.finish();
    expect([report.unsent, refused, boasted > 1]).toEqual([undefined, 2, true]);
    await expect
      .poll(async () => (await runsOf("kept"))[0], { timeout: 20_000 })
      .toMatchObject({ recordCount: 1, status: "finished" });
  });

  test("stops where the run is deleted, says so, and keeps nothing of it", async () => {
    const { run, journals, warnings, facts } = begin({ project: "gone" });
    run.log({ a: 1 });
    await run.ready;
    await expect.poll(async () => (await runsOf("gone")).length, { timeout: 20_000 }).toBe(1);
    const deleted = await fetch(`${server.url}/api/delete_run`, {
      method: "POST",
      headers: { "x-trackio-write-token": server.tokens.write },
      body: JSON.stringify({ project: "gone", run: run.name, run_id: run.id, hf_token: null }),
    });
    expect(deleted.status).toBe(200);
    run.log({ a: 2 });
    const report = await run.finish();
    expect(warnings.messages.at(-1)).toContain("was deleted on this server");
    expect(report).toMatchObject({ recordCount: 2 });
    expect(await journals.journal(facts.writer)).toBeUndefined();
  });

  test("that has to be there and is not, is kept, and told by ready", async () => {
    const { run, journals, facts } = begin({ project: "must", id: "no-such-run", resume: "must" });
    run.log({ a: 1 });
    await expect(run.ready).rejects.toThrow(/No run "no-such-run"/);
    expect(await journals.journal(facts.writer)).toMatchObject({ sentBytes: 0 });
    expect(await runsOf("must")).toEqual([]);
  });

  test("goes on behind what the server has, where it is resumed", async () => {
    const first = begin({ project: "on", id: "r1", name: "r" });
    for (let i = 0; i < 3; i += 1) first.run.log({ i });
    await first.run.finish();
    const second = begin({ project: "on", id: "r1", resume: "allow", config: { lr: 2 } });
    second.run.log({ i: 3 });
    second.run.log({ i: 4 }, { step: 10 });
    second.run.log({ i: 5 });
    await second.run.finish();
    await expect
      .poll(async () => (await runsOf("on"))[0], { timeout: 20_000 })
      .toMatchObject({ recordCount: 6, lastStep: 11, config: { lr: 2 } });
  });

  test("is left to the next page where the server is away, its former journals first", async () => {
    const journals = new MemoryJournals();
    const away: typeof fetch = async () => {
      throw new TypeError("nobody there");
    };
    for (const name of ["first", "second"]) {
      const { run } = begin(
        { project: "left", id: "r" as RunId, resume: "allow", name },
        { journals, line: away },
      );
      run.log({ name });
      const { unsent } = await run.finish({ timeoutMs: 50 });
      expect(unsent).toMatchObject({ serverUrl: server.url });
    }
    expect(await journals.list(server.url)).toHaveLength(2);
  });
});

describe("init", () => {
  test.each([
    [{ project: "p" }, /serverUrl is missing/],
    [{ project: "p", serverUrl: "ftp://x" }, /serverUrl/],
    [{ project: "p", serverUrl: "http://x", dir: "data" }, /dir is for scripts/],
    [{ project: "", serverUrl: "http://x" }, /project/],
    [{ project: "p", serverUrl: "http://x", sever: 1 }, /no option "sever"/],
  ])("says what cannot be meant: %j", (options, message) => {
    expect(() => checkPageOptions(options)).toThrow(message);
  });
});

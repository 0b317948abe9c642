/** What a network and a server do on a bad day: at the end every point is there once, and every picture whole. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DataFolder } from "../../src/journal/data-folder.ts";
import { temporaryFolder } from "../../src/journal/testing/temporary-folder.ts";
import type { ImageFields, MediaRef } from "../../src/protocol/media.ts";
import { startScript } from "../../src/sdk/testing/run-script.ts";
import { type Fault, FaultProxy } from "../python/fault-proxy.ts";
import { freePort } from "../python/free-port.ts";
import { makeAll, readStored, TestServer } from "./test-server.ts";

let server: TestServer;
let here: DataFolder;

beforeEach(async () => {
  server = await TestServer.start();
  here = temporaryFolder();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

/** Logs points, pictures given as bytes and as numbers, and a table, over a few seconds. */
const SCRIPT = `
  import { createHash } from "node:crypto";
  const png = (i) => Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), createHash("sha256").update(String(i)).digest(), Buffer.alloc(20_000, i)]);
  const run = trackio.init({ project: "p", name: "one" });
  for (let i = 0; i < 300; i++) {
    const values = { i };
    if (i % 30 === 0) values.given = new trackio.Image(png(i));
    if (i % 50 === 0) values.raw = new trackio.Image(new Uint8Array(3 * 40 * 40).fill(i), { shape: [40, 40, 3] });
    if (i === 100) values.table = new trackio.Table([{ a: 1, b: "x" }]);
    trackio.log(values);
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  const { unsent } = await trackio.finish({ timeoutMs: 90_000 });
  tell(JSON.stringify({ unsent }));`;

async function expectWhole(): Promise<void> {
  await server.stop();
  // Who breaks off is no trouble of the server's.
  expect(server.said).toEqual([]);
  const [stored, ...others] = await readStored(server.folder);
  expect(others).toEqual([]);
  expect(stored?.rows.map(({ values }) => values.i)).toEqual(
    Array.from({ length: 300 }, (_, i) => i),
  );
  expect(stored?.run.state).toBe("finished");
  const blobs = await makeAll(server.folder);
  const images = stored!.rows.flatMap(({ values }) =>
    [values.given ?? [], values.raw ?? []].flat(),
  );
  expect(images).toHaveLength(10 + 6);
  for (const image of images) {
    const found = blobs.find(((image as MediaRef).fields as ImageFields).blob);
    expect(found.state).toBe("ready");
  }
  for (const { values } of stored!.rows) {
    if (values.given === undefined) continue;
    const { blob } = (values.given as MediaRef).fields as ImageFields;
    const bytes = readFileSync(blobs.readyFile(blob));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(blob);
  }
  const table = stored!.rows.find(({ values }) => values.table !== undefined)?.values.table;
  const [part] = (table as MediaRef<"table">).fields.parts;
  expect(blobs.find(part!.blob).state).toBe("ready");
}

test.each<readonly [string, readonly Fault[]]>([
  ["answers 500", ["error", "ok", "error"]],
  [
    "cuts connections, before, in the middle and behind",
    ["cut", "cut midway", "ok", "lost answer"],
  ],
  ["answers 5 s late", ["ok", "ok", "late", "ok", "ok", "ok", "ok", "ok"]],
])(
  "a proxy that %s costs nothing",
  async (_, plan) => {
    await using proxy = await FaultProxy.start(server.url, plan, await freePort());
    const env = { TRACKIO_SERVER_URL: proxy.url, TRACKIO_WRITE_TOKEN: server.token };
    const { output, errors, code } = await startScript(here, SCRIPT, { env }).ended();
    expect({ output, code }, errors).toEqual({ output: "{}\n", code: 0 });
    for (const fault of plan) expect(proxy.struck.get(fault), fault).toBeGreaterThan(0);
    await expectWhole();
  },
  120_000,
);

test("what is there already is sent by nobody again: the same picture of two runs, once", async () => {
  await using proxy = await FaultProxy.start(server.url, ["ok"], await freePort());
  const env = { TRACKIO_SERVER_URL: proxy.url, TRACKIO_WRITE_TOKEN: server.token };
  const puts = () => proxy.requests.filter((request) => request.startsWith("PUT "));
  const body = `for (const name of ["a", "b"]) {
    const run = trackio.init({ project: "p", name });
    for (let i = 0; i < 20; i++) run.log({ image: new trackio.Image(new Uint8Array(300).fill(7), { shape: [10, 10, 3] }) });
    await run.finish();
  }`;
  for (const folder of [here, temporaryFolder()]) {
    expect(await startScript(folder, body, { env }).ended()).toMatchObject({ code: 0, errors: "" });
  }
  expect(puts()).toHaveLength(1);
});

test("a server whose folder is lost under a running script gets all of it again, and every picture", async () => {
  const script = startScript(here, SCRIPT, { env: server.env });
  await expect.poll(() => blobFilesOf(server.folder), { timeout: 20_000 }).toBeGreaterThan(3);
  await server.stop();
  rmSync(server.folder.storePath, { recursive: true });
  await server.start();
  const { output, errors, code } = await script.ended();
  expect({ output, code }, errors).toEqual({ output: "{}\n", code: 0 });
  await expectWhole();
}, 60_000);

function blobFilesOf({ storePath }: DataFolder): number {
  const blobs = join(storePath, "blobs");
  const names = existsSync(blobs) ? readdirSync(blobs, { recursive: true }).map(String) : [];
  return names.filter((name) => /[0-9a-f]{64}(\.raw)?$/.test(name)).length;
}

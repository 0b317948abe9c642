/** Media of a script elsewhere, in every state that they can be in when it ends. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DataFolder } from "../../src/journal/data-folder.ts";
import { listJournals } from "../../src/journal/list-journals.ts";
import { readRemoteMark } from "../../src/journal/remote-mark.ts";
import { temporaryFolder } from "../../src/journal/testing/temporary-folder.ts";
import { readFailure } from "../../src/media/failed-blob.ts";
import { type BlobHash, blobsOf, mediaIn } from "../../src/protocol/media.ts";
import { runScript } from "../../src/sdk/testing/run-script.ts";
import { makeAll, readStored, TestServer } from "./test-server.ts";
import { trackioSync } from "./trackio-sync.ts";

let server: TestServer;
let here: DataFolder;

beforeEach(async () => {
  server = await TestServer.start();
  here = temporaryFolder();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

/** Every blob that the rows of the only run on the server name, in their order. */
async function namedThere(): Promise<BlobHash[]> {
  const [stored] = await readStored(server.folder);
  return stored!.rows.flatMap(({ values }) => mediaIn(values).flatMap(blobsOf));
}

function isAllDone(): boolean {
  return [...listJournals(here)].every(({ path }) => readRemoteMark(path)?.isDone === true);
}

test("a file too large to copy, a picture that is still rendered, a table that grows, a saved file: all arrive", async () => {
  const large = join(here.root, "large.wav");
  const bytes = Buffer.alloc(70 * 1024 * 1024, "abcdefgh");
  bytes.write("RIFF\0\0\0\0WAVE", 0, "latin1");
  writeFileSync(large, bytes);
  const png = readFileSync(join(import.meta.dirname, "../../examples/path/to/image.png"));
  const { errors, output } = await runScript(
    here,
    `import { readFileSync } from "node:fs";
     const run = trackio.init({ project: "p" });
     trackio.log({ sound: new trackio.Audio(${JSON.stringify(large)}) });
     const png = Buffer.from(${JSON.stringify(png.toString("base64"))}, "base64");
     const rendered = { clone: () => rendered, metadata: () => 1, toFormat: () => rendered, toBuffer: () => new Promise((resolve) => setTimeout(() => resolve(png), 300)) };
     trackio.log({ rendered: new trackio.Image(rendered) });
     const table = new trackio.Table([{ a: 1 }]);
     for (let i = 0; i < 3; i++) { table.addRow({ a: i }); trackio.log({ table }); }
     process.chdir(${JSON.stringify(here.root)});
     run.save("*.wav");
     const { unsent } = await trackio.finish({ timeoutMs: 60_000 });
     tell(JSON.stringify({ unsent }));`,
    { env: server.env },
  );
  expect({ errors, output }).toEqual({ errors: "", output: "{}\n" });
  await server.stop();
  const named = await namedThere();
  expect(named.length).toBeGreaterThanOrEqual(5);
  const blobs = await makeAll(server.folder);
  for (const hash of named) expect(blobs.find(hash).state).toBe("ready");
  expect(readFileSync(blobs.readyFile(named[0]!)).equals(bytes)).toBe(true);
  expect(readFileSync(blobs.readyFile(named[1]!)).equals(png)).toBe(true);
  expect(isAllDone()).toBe(true);
}, 120_000);

test("a picture that was never rendered, since its script was killed, is told as such there too", async () => {
  await runScript(
    here,
    `trackio.init({ project: "p" });
     const never = { clone: () => never, metadata: () => 1, toFormat: () => never, toBuffer: () => new Promise(() => {}) };
     trackio.log({ never: new trackio.Image(never) });
     process.kill(process.pid, "SIGKILL");`,
    { env: server.env },
  );
  await trackioSync(here, server.env);
  await server.stop();
  const [hash] = await namedThere();
  const blobs = await makeAll(server.folder);
  expect(blobs.find(hash!).state).toBe("failed");
  expect(readFailure(blobs, hash!)).toMatch(
    /The process that rendered .* ended before it was done/,
  );
  expect(isAllDone()).toBe(true);
});

test("where the server of the address shows this very folder, nothing is sent: it is there", async () => {
  const { errors, output } = await runScript(
    server.folder,
    `const run = trackio.init({ project: "p" }); await run.ready; trackio.log({ a: 1 }); tell(run.url);`,
    { env: { TRACKIO_SERVER_URL: server.link.replace("127.0.0.1", "localhost") } },
  );
  expect(errors).toBe("");
  expect(output).toContain(`${server.url}/?project=p&run_ids=`);
  const [journal] = [...listJournals(server.folder)];
  expect(journal === undefined ? undefined : readRemoteMark(journal.path)).toBeUndefined();
  await server.stop();
  expect((await readStored(server.folder))[0]?.rows).toHaveLength(1);
});

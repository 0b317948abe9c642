/** The guide's script with a server elsewhere: what the server has in the end is what this machine has. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { DataFolder } from "../../src/journal/data-folder.ts";
import { temporaryFolder } from "../../src/journal/testing/temporary-folder.ts";
import { blobsOf, mediaIn } from "../../src/protocol/media.ts";
import { runGuide } from "../guide/run-guide.ts";
import { makeAll, readStored, type StoredRun, TestServer } from "./test-server.ts";

/** What of a run must be the same on both machines. */
function factsOf({ run, rows }: StoredRun): object {
  const { writers: _, endedAt: __, updatedAt: ___, ...facts } = run;
  return { facts, rows };
}

async function bytesOfMedia(folder: DataFolder, runs: readonly StoredRun[]): Promise<object> {
  const blobs = await makeAll(folder);
  const hashes = runs.flatMap(({ rows }) =>
    rows.flatMap(({ values }) => mediaIn(values).flatMap(blobsOf)),
  );
  expect(hashes.length).toBeGreaterThan(4);
  return Object.fromEntries(
    hashes.map((hash) => {
      const found = blobs.find(hash);
      return [hash, found.state === "ready" ? readFileSync(found.path, "base64") : found.state];
    }),
  );
}

test("the guide's script leaves the same store on its server as on its own machine", async () => {
  await using server = await TestServer.start();
  const here = temporaryFolder();
  expect(await runGuide(here.root, server.link)).toBe("");
  await server.stop();
  const [local, remote] = [
    await readStored(here, "my_project"),
    await readStored(server.folder, "my_project"),
  ];
  expect(local).toHaveLength(3);
  expect(remote.map(factsOf)).toEqual(local.map(factsOf));
  expect(await bytesOfMedia(server.folder, remote)).toEqual(await bytesOfMedia(here, local));
  expect(server.said).toEqual([]);
}, 120_000);

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BlobFolder } from "../media/blob-folder.ts";
import { runOnSmallDisk } from "../media/testing/small-disk.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "trackio-open-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("on a full disk status tells what is folded, and gc makes room", () => {
  const told = runOnSmallDisk(
    BlobFolder.at(dir),
    `
    const { truncateSync, utimesSync, writeFileSync } = await import("node:fs");
    const { init, Image } = await room("../sdk/index.ts");
    const { keepBytes } = await room("keep-blob.ts");
    const { runCommandLine } = await room("../cli/main.ts");
    const { RecordingTerminal } = await room("../cli/testing/recording-terminal.ts");
    const dir = blobs.path.slice(0, -"/store/blobs".length);
    const trackio = async (command) => {
      const terminal = new RecordingTerminal({ env: { TRACKIO_DIR: dir }, time: Date.now() });
      const exitCode = await runCommandLine([command, "--json"], terminal);
      return { exitCode, ...JSON.parse(terminal.printed) };
    };
    const log = async (name, count) => {
      const run = init({ project: "full", name, dir });
      for (let step = 0; step < count; step++) run.log({ step, [name + step]: "text of many characters" });
      await run.finish();
    };
    await log("folded", 3);
    tell(await trackio("status"));
    const lost = keepBytes(blobs, new Uint8Array(100_000)).path;
    utimesSync(lost, 1, 1);
    await log("late", 40);
    // Room for the store to be opened, and not for a fold.
    const ballast = dir + "/ballast";
    for (let size = 4_096; size < 1_048_576; size += 4_096) {
      try {
        writeFileSync(ballast, new Uint8Array(size));
      } catch {
        truncateSync(ballast, size - 57_344);
        break;
      }
    }
    tell(await trackio("status"));
    tell(await trackio("gc"));
    tell(await trackio("status"));`,
  );
  const [first, full, gc, after] = told as { exitCode: number; projects: object[] }[];
  expect(first).toMatchObject({ exitCode: 0, projects: [{ num_runs: 1 }] });
  // Where only files are limited, and not the disk, the store has room.
  expect([1, 2]).toContain((full!.projects[0] as { num_runs: number }).num_runs);
  expect(gc).toMatchObject({ exitCode: 0, num_blobs: 1, bytes: 100_000 });
  expect(after).toMatchObject({ exitCode: 0, projects: [{ num_runs: 2 }] });
});

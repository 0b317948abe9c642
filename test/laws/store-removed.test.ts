/**
 * A person may delete the store while a server runs. Nothing that is logged
 * afterwards may go into a file that is no longer there.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { DataFolder } from "../../src/journal/data-folder.ts";
import type { RunList } from "../../src/protocol/api.ts";
import { init } from "../../src/sdk/index.ts";
import { startServer } from "../../src/server/start-server.ts";

test("what is logged after the store was deleted under a running server is kept and shown", async () => {
  const dir = mkdtempSync(join(tmpdir(), "trackio-removed-"));
  try {
    const told: string[] = [];
    await using server = await startServer({ root: dir, port: 0, log: (line) => told.push(line) });
    const namesShown = async () => {
      const response = await fetch(`${server.url}/api/v1/projects/removed/runs`);
      const { runs = [] } = (await response.json()) as Partial<RunList>;
      return runs.filter((run) => run.recordCount === 100).map((run) => run.name);
    };
    const logRun = (name: string) => {
      const run = init({ project: "removed", name, dir });
      for (let call = 0; call < 100; call++) run.log({ call });
      return run.finish();
    };
    const untilShown = (name: string) =>
      vi.waitFor(async () => expect(await namesShown()).toContain(name), { timeout: 20_000 });

    await logRun("before");
    await untilShown("before");
    const { databaseFile } = new DataFolder(dir);
    for (const file of [databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`]) rmSync(file);
    await logRun("after");
    await untilShown("after");
    expect(told.join("\n")).toContain("was removed or replaced while it was open");
    await logRun("later");
    await untilShown("later");
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 60_000);

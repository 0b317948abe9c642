/**
 * What the Python client could not send it keeps in its own folder. On the
 * server's machine that is a folder which the server reads: nothing is lost.
 */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, vi } from "vitest";
import { pythonTest, RunningPython } from "./python.ts";
import type { ServerProcess } from "./server-process.ts";
import { startShow, TRACKIO } from "./servers.ts";

const SCRIPT = `
import os, sys, time
import trackio

trackio.init(project="left", name="r", config={"lr": 0.1}, auto_log_cpu=False, auto_log_gpu=False)
trackio.log({"loss": 0.0})
if "killed" in sys.argv:
    time.sleep(2)
    print("begun")
    sys.stdin.readline()
for step in range(1, 4):
    trackio.log({"loss": float(step), "odd": float("nan")}, step=step)
trackio.alert("too slow", text="very", level=trackio.AlertLevel.ERROR)
if "killed" in sys.argv:
    time.sleep(2.5)
    os._exit(0)
trackio.finish()
`;

/** All that the script logged is here, once. */
async function expectAll(show: ServerProcess): Promise<void> {
  const of = { project: "left", run: "r" };
  await vi.waitFor(
    async () => {
      const logs = await show.call<{ step: number; loss: number }[]>("get_logs", of);
      expect(logs.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
      expect(logs.map(({ loss }) => loss)).toEqual([0, 1, 2, 3]);
      expect(await show.call("get_alerts", of)).toMatchObject([{ title: "too slow" }]);
      expect(await show.call("get_run_summary", of)).toMatchObject({ config: { lr: 0.1 } });
    },
    { timeout: 20_000 },
  );
}

pythonTest.concurrent(
  "a script that reached the server, and was killed while that was away",
  async () => {
    await using show = await startShow();
    const env = { ...show.env, TRACKIO_DIR: show.dir };
    await using script = new RunningPython(["-c", SCRIPT, "killed"], { env });
    await script.told("begun");
    await show.kill();
    script.process.stdin!.write("\n");
    expect(await script.ended()).toMatchObject({ code: 0 });
    await show.start();
    await expectAll(show);
  },
);

pythonTest.concurrent("a script that never reached the server, and finished", async () => {
  await using show = await startShow();
  await show.kill();
  const env = { ...show.env, TRACKIO_DIR: show.dir };
  await using script = new RunningPython(["-c", SCRIPT], { env });
  expect(await script.ended()).toMatchObject({ code: 0 });
  await show.start();
  await expectAll(show);
});

pythonTest.concurrent("a script of another machine, whose folder is imported", async () => {
  await using show = await startShow();
  await using script = new RunningPython(["-c", SCRIPT, "killed"], { env: show.env });
  await script.told("begun");
  await show.kill();
  script.process.stdin!.write("\n");
  expect(await script.ended()).toMatchObject({ code: 0 });
  await show.start();
  const args = [TRACKIO, "import", join(script.home, "client-data"), "--dir", show.dir];
  const { stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).not.toMatch(/warn|fail/i);
  await expectAll(show);
});

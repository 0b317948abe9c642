import { expect } from "vitest";
import { pathWithFfmpeg } from "./ffmpeg-path.ts";
import { differences, KIT, runKit, scenarios } from "./kit.ts";
import { pythonTest, RunningPython } from "./python.ts";
import { TRACKIO } from "./servers.ts";

pythonTest(
  "the kit finds the package's own server the same as itself, and each wrong server out",
  async () => {
    const options = { env: { PATH: pathWithFfmpeg() }, cwd: KIT };
    await using running = new RunningPython(["selftest.py"], options);
    const { code, stdout, stderr } = await running.ended();
    expect({ code, failed: stdout.match(/^.*(?:MISSED|WRONG).*$/gm) }, stdout + stderr).toEqual({
      code: 0,
      failed: null,
    });
  },
);

pythonTest("a folder written as lines of JSON is read in place, whatever was logged", async () => {
  const serve = `'${process.execPath}' '${TRACKIO}' show {dir} --no-open --port {port}`;
  const calls = await runKit("local.py", ["--storage", "jsonl", "--server-cmd", serve]);
  for (const scenario of scenarios.filter((name) => name !== "00_protocol")) {
    expect(differences(calls.get(scenario)), scenario).toEqual([]);
  }
});

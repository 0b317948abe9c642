import { expect } from "vitest";
import { pathWithFfmpeg } from "./ffmpeg-path.ts";
import { KIT } from "./kit.ts";
import { pythonTest, RunningPython } from "./python.ts";

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

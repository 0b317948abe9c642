import { expect } from "vitest";
import { python, pythonTest } from "./python.ts";
import { startTrackioServer } from "./servers.ts";

pythonTest(
  "the package's own server keeps what a script logs to it, also over its restart",
  async () => {
    await using upstream = await startTrackioServer();
    await python(
      `trackio.init(project="p", name="r"); trackio.log({"loss": 0.5}); trackio.finish()`,
      upstream.env,
    );
    await upstream.kill();
    await upstream.start();
    expect(await upstream.call("get_logs", { project: "p", run: "r" })).toMatchObject([
      { loss: 0.5, step: 0 },
    ]);
  },
);

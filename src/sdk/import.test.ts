import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { runScript, SDK } from "./testing/run-script.ts";

/** Tells, when the script ends, every module that it loaded. */
const LISTEN = `
  import { writeSync } from "node:fs";
  import { registerHooks } from "node:module";
  const loaded = [];
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
  process.on("exit", () => { writeSync(1, JSON.stringify(loaded)); });`;

test("importing and using the SDK loads no dependency, and nothing heavy of Node", async () => {
  const { output, errors } = await runScript(
    temporaryFolder(),
    `const run = trackio.init({ project: "p", config: { lr: 1 } });
     trackio.log({ a: 1 });
     new trackio.Image("a.png"), trackio.Video("a.mp4"), trackio.Audio("a.wav");
     new trackio.Table([{ a: 1 }]).addRow({ a: 2 });
     await trackio.finish();`,
    {
      command: [process.execPath, "--import", `data:text/javascript,${encodeURIComponent(LISTEN)}`],
    },
  );
  expect(errors).toBe("");
  const source = new URL("..", SDK).href;
  const loaded = (JSON.parse(output) as string[]).map((url) => url.replace(source, ""));
  expect(loaded).toContain("sdk/index.ts");
  for (const url of loaded) {
    expect(url).toMatch(/^(node:(fs|os|path)$|(sdk|journal|protocol)\/|file:.*\/\[eval1\]$)/);
  }
});

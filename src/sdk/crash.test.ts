import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import { readRun } from "./testing/on-disk.ts";
import { startScript } from "./testing/run-script.ts";

const KILLS = 20;

test("what log() returned from survives kill -9 of the process", async () => {
  for (let kill = 0; kill < KILLS; kill += 1) {
    const folder = temporaryFolder();
    const script = startScript(
      folder,
      `trackio.init({ project: "p" });
       for (let call = 0; ; call++) {
         trackio.log({ call, text: "ÿ".repeat(call % 50), loss: Math.random(), ["key" + (call % 20)]: call });
         tell(String(call));
       }`,
    );
    await script.told("\n");
    await wait(Math.random() * 40);
    script.process.kill("SIGKILL");
    const { signal, output } = await script.ended();
    expect(signal).toBe("SIGKILL");
    const returned = output.slice(0, output.lastIndexOf("\n")).split("\n").length;
    const { rows, damagedLines } = readRun(folder);
    expect(damagedLines).toBe(0);
    expect(rows.map((row) => row.call)).toEqual(rows.map((_, call) => call));
    // One more may have been written whose return was not told any more.
    expect([returned, returned + 1]).toContain(rows.length);
  }
});

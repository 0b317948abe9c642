/** A process that keeps or makes blobs, to be killed in the middle of it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import type { BlobFolder } from "../blob-folder.ts";

const ROOM = new URL("..", import.meta.url).href;

export interface MediaProcess {
  readonly child: ChildProcess;
  /** Whole lines that it told so far. */
  lines(): readonly string[];
  /** Returns when it has told so many lines; fails where it ends before. */
  told(count: number): Promise<void>;
  /** Kills it with SIGKILL and returns when it is gone. */
  kill(): Promise<void>;
  /** Returns when it is gone; whether it was killed. */
  isKilled(): Promise<boolean>;
}

/**
 * Runs `body` as a module with `blobs`, `room(name)` and `tell(text)`.
 * @param killAtStep It kills itself instead of its so manieth change of the file system after `begin()`, from 1.
 */
export function startMediaProcess(
  blobs: BlobFolder,
  body: string,
  killAtStep = Number.POSITIVE_INFINITY,
): MediaProcess {
  const root = blobs.path.slice(0, -"/store/blobs".length);
  const script = `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const { writeSync } = fs;
    import { BlobFolder } from ${JSON.stringify(`${ROOM}blob-folder.ts`)};
    import { DataFolder } from ${JSON.stringify(new URL("../journal/data-folder.ts", ROOM).href)};
    const blobs = new BlobFolder(new DataFolder(${JSON.stringify(root)}));
    const room = (name) => import(${JSON.stringify(ROOM)} + name);
    const tell = (text) => writeSync(1, text + "\\n");
    let step = -Infinity;
    const begin = () => { step = 0; };
    for (const name of ["open", "write", "fsync", "rename", "rm", "unlink", "mkdir", "copyFile", "chmod", "writeFile"]) {
      const call = fs[name + "Sync"];
      fs[name + "Sync"] = (...given) => {
        step += 1;
        if (step === ${killAtStep === Number.POSITIVE_INFINITY ? -1 : killAtStep}) process.kill(process.pid, "SIGKILL");
        return call(...given);
      };
    }
    syncBuiltinESMExports();
    ${body}`;
  const child = spawn(
    process.execPath,
    ["--no-warnings", "--input-type=module", "--eval", script],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  let isOver = false;
  const ended = once(child, "close").then(() => {
    isOver = true;
  });
  const lines = () => output.split("\n").slice(0, -1);
  return {
    child,
    lines,
    async told(count) {
      while (lines().length < count) {
        if (isOver) throw new Error(`It ended after telling: ${output}`);
        await Promise.race([once(child.stdout!, "data"), ended]);
      }
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async isKilled() {
      await ended;
      return child.signalCode === "SIGKILL";
    },
  };
}

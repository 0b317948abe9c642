/** The Python package makes videos with `ffmpeg` from PATH; here is one that need not be installed. */

import { mkdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import ffmpeg from "@ffmpeg-installer/ffmpeg";
import { ROOT } from "../../tools/run-command.ts";

/** PATH of this process with a folder before it in which `ffmpeg` is the one of the development dependencies. */
export function pathWithFfmpeg(): string {
  const folder = join(ROOT, ".cache", "ffmpeg");
  mkdirSync(folder, { recursive: true });
  try {
    symlinkSync(ffmpeg.path, join(folder, process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return `${folder}${delimiter}${process.env.PATH}`;
}

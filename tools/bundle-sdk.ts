/**
 * Makes one file of the SDK's many, in place: what a script imports is found
 * and read once, which takes a fifth of the time. The types beside it and the
 * heartbeat's file, which is a thread of its own, stay as they are.
 */

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

/** @param roomsDir The compiled rooms, e.g. `dist`. @param besideDir An empty folder to work in. */
export async function bundleSdk(roomsDir: string, besideDir: string): Promise<void> {
  await build({
    root: roomsDir,
    configFile: false,
    logLevel: "warn",
    build: {
      ssr: join(roomsDir, "sdk", "index.js"),
      outDir: besideDir,
      emptyOutDir: true,
      minify: false,
      target: "node22",
      rolldownOptions: { output: { format: "es", entryFileNames: "index.js" } },
    },
  });
  copyFileSync(join(besideDir, "index.js"), join(roomsDir, "sdk", "index.js"));
}

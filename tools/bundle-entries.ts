/**
 * Makes one file of many, in place, for the modules that a person waits for:
 * what a script imports, and what each thread of a server begins with. One
 * file is found and read in a fifth of the time of some thirty.
 *
 * An entry keeps its place, so that what it finds by its own URL is still
 * beside it; for that no entry may contain a module of another folder that
 * finds something by its URL, but by way of the rooms (`../media/…`), which lie
 * side by side. The types stay as they are.
 */

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const ENTRIES = [
  "sdk/index.js",
  "sdk/media-encoding.js",
  "sdk/table-encoding.js",
  "sdk/browser/index.js",
  "ingest/fold-thread.js",
  "server/reading/reader-thread.js",
];

/** @param roomsDir The compiled rooms, e.g. `dist`. @param besideDir An empty folder to work in. */
export async function bundleEntries(roomsDir: string, besideDir: string): Promise<void> {
  // Each is made of the rooms as they were compiled: no bundle goes into another.
  for (const entry of ENTRIES) await bundle(roomsDir, join(besideDir, entry), entry);
  for (const entry of ENTRIES) {
    copyFileSync(join(besideDir, entry, "bundle.js"), join(roomsDir, entry));
  }
}

async function bundle(roomsDir: string, outDir: string, entry: string): Promise<void> {
  await build({
    root: roomsDir,
    configFile: false,
    logLevel: "warn",
    build: {
      ssr: join(roomsDir, entry),
      outDir,
      emptyOutDir: true,
      minify: false,
      target: "node22",
      rolldownOptions: { output: { format: "es", entryFileNames: "bundle.js" } },
    },
  });
}

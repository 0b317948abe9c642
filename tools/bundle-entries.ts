/**
 * Makes few files of many, in place, for the modules that a person waits for:
 * what a script imports, the command line, and what each thread of a server
 * begins with. One file is found and read in a fifth of the time of some thirty.
 *
 * What an entry loads later becomes files beside it (`chunk-…`). What a module
 * finds by its own URL is found from where that module stood, so each of the
 * rooms' files stays in its place too; the types stay as they are.
 */

import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { relative } from "node:path/posix";
import { build, normalizePath, type Plugin } from "vite";

const ENTRIES = [
  "sdk/index.js",
  "sdk/media-encoding.js",
  "sdk/table-encoding.js",
  "sdk/browser/index.js",
  "ingest/fold-thread.js",
  "server/reading/reader-thread.js",
  "cli/main.js",
];

/** @param roomsDir The compiled rooms, e.g. `dist`. @param besideDir An empty folder to work in. */
export async function bundleEntries(roomsDir: string, besideDir: string): Promise<void> {
  // Each is made of the rooms as they were compiled: no bundle goes into another.
  for (const entry of ENTRIES) await bundle(roomsDir, join(besideDir, entry), entry);
  for (const entry of ENTRIES) {
    cpSync(join(besideDir, entry), dirname(join(roomsDir, entry)), { recursive: true });
  }
}

async function bundle(roomsDir: string, outDir: string, entry: string): Promise<void> {
  await build({
    root: roomsDir,
    configFile: false,
    logLevel: "warn",
    plugins: [keepUrls(roomsDir, dirname(join(roomsDir, entry)))],
    build: {
      ssr: join(roomsDir, entry),
      outDir,
      emptyOutDir: true,
      minify: false,
      target: "node22",
      rolldownOptions: {
        output: {
          format: "es",
          entryFileNames: "[name].js",
          chunkFileNames: "chunk-[name]-[hash].js",
        },
      },
    },
  });
}

/** Law: `import.meta.url` in a bundle is the URL of the module that asks, as if there were no bundle. */
function keepUrls(roomsDir: string, bundleDir: string): Plugin {
  const rooms = normalizePath(roomsDir);
  const from = normalizePath(bundleDir);
  return {
    name: "keep-urls",
    transform(code, id) {
      const path = relative(from, id);
      const isInPlace = !path.includes("/");
      if (!id.startsWith(rooms) || isInPlace) return undefined;
      const url = `new URL(${JSON.stringify(path)}, import.meta.url).href`;
      return { code: code.replaceAll("import.meta.url", url), map: null };
    },
  };
}

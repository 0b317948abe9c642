/** `sharp`, where the script's project has it: JPEG and WebP are made with it. */

import type Sharp from "sharp";

let found: string | undefined | null = null;

/** Path of the script's `sharp`, as seen from the script, the working folder, or from here; undefined where there is none. Looked for once. */
export function findSharp(): string | undefined {
  if (found === null) found = search();
  return found;
}

/** Loads it. @throws what it throws where it does not fit this machine. */
export function loadSharp(path: string): typeof Sharp {
  return requireFrom(import.meta.url)(path) as typeof Sharp;
}

function search(): string | undefined {
  const { pathToFileURL } = process.getBuiltinModule("node:url");
  const script = process.argv[1];
  const places = [
    ...(script === undefined ? [] : [pathToFileURL(script).href]),
    pathToFileURL(`${process.cwd()}/`).href,
    import.meta.url,
  ];
  for (const place of places) {
    try {
      return requireFrom(place).resolve("sharp");
    } catch {
      // Not to be seen from there; the next place may.
    }
  }
  return undefined;
}

function requireFrom(place: string): NodeJS.Require {
  return process.getBuiltinModule("node:module").createRequire(place);
}

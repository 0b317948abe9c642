/** `sharp`, where the script's project has it: JPEG and WebP are made with it. */

import type Sharp from "sharp";

const foundByScript = new Map<string | undefined, string | undefined>();

/**
 * Path of `sharp` as seen from the script, the working folder, or from here;
 * undefined where there is none. Looked for once per process and script.
 * @param scriptPath Default: the script of this process; a thread has to be told.
 */
export function findSharp(scriptPath: string | undefined = process.argv[1]): string | undefined {
  if (!foundByScript.has(scriptPath)) foundByScript.set(scriptPath, search(scriptPath));
  return foundByScript.get(scriptPath);
}

/** Loads it. @throws what it throws where it does not fit this machine. */
export function loadSharp(path: string): typeof Sharp {
  return requireFrom(import.meta.url)(path) as typeof Sharp;
}

function search(script: string | undefined): string | undefined {
  const { pathToFileURL } = process.getBuiltinModule("node:url");
  const places = [
    () => script && pathToFileURL(script).href,
    () => pathToFileURL(`${process.cwd()}/`).href,
    () => import.meta.url,
  ];
  for (const findPlace of places) {
    try {
      const place = findPlace();
      if (place) return requireFrom(place).resolve("sharp");
    } catch {
      // Not to be seen from there, or the working folder is gone; the next place may.
    }
  }
  return undefined;
}

function requireFrom(place: string): NodeJS.Require {
  return process.getBuiltinModule("node:module").createRequire(place);
}

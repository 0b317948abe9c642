/** What the server finds in its own package, run from source or built. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Where a build leaves the dashboard. */
export const DASHBOARD_DIR = join(ROOT, "dist", "dashboard");

/** This package's version, e.g. `0.1.0`. */
export function readPackageVersion(): string {
  const text = readFileSync(join(ROOT, "package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

function findRoot(dir: string): string {
  const parent = dirname(dir);
  return existsSync(join(dir, "package.json")) || parent === dir ? dir : findRoot(parent);
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Measures in a data folder of its own, which is gone afterwards. */
export async function inFolder<T>(measure: (root: string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "trackio-bench-"));
  try {
    return await measure(root);
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A data folder of its own for each test, gone after it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { DataFolder } from "../data-folder.ts";

export function temporaryFolder(): DataFolder {
  const root = mkdtempSync(join(tmpdir(), "trackio-test-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));
  return new DataFolder(root);
}

/** Vitest's global set-up of the browser tests: one browser, unpacked once before any test asks for it. */

import type { TestProject } from "vitest/node";
import { type ChromiumPlace, findChromium } from "./chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly chromium: ChromiumPlace | null;
  }
}

export async function setup(project: TestProject): Promise<void> {
  project.provide("chromium", (await findChromium()) ?? null);
}

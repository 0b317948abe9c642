import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/**
 * `node`: everything that needs no browser. `browser`: real Chromium through playwright-core. `python`: the
 * unmodified Python package against our server; skipped where there is no Python. `long`: `npm run test:long` only.
 */
export default defineConfig({
  test: {
    // A loaded machine is slow, not wrong: what waits for something waits long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Two even on two cores: many tests wait for other processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: [
            "{src,tools,test}/**/*.test.ts",
            "dashboard/src/**/*.test.ts",
            "bench/**/*.test.ts",
          ],
          exclude: ["**/*.long.test.ts", "test/browser/**", "test/python/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          exclude: ["**/*.long.test.ts"],
          globalSetup: ["test/browser/unpack-chromium.ts"],
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "python",
          include: ["test/python/**/*.test.ts"],
          exclude: ["**/*.long.test.ts"],
          globalSetup: ["test/python/make-venvs.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "long",
          include: ["**/*.long.test.ts"],
          globalSetup: ["test/python/make-venvs.ts"],
          testTimeout: 3_600_000,
        },
      },
    ],
  },
});

/**
 * Faults: whatever happens between a script and the server, at the end every
 * point of a TypeScript script is here once, and of a Python script every point
 * that its client sends, now or again, once.
 */

import { expect, vi } from "vitest";
import { expectEachOnce } from "./each-once.ts";
import { EndlessScript } from "./endless-scripts.ts";
import { type Fault, FaultProxy } from "./fault-proxy.ts";
import { freePort } from "./free-port.ts";
import { survivesKills } from "./kill-trial.ts";
import { pythonTest } from "./python.ts";
import { startShow } from "./servers.ts";

pythonTest.concurrent(
  "the server is killed 20 times while scripts log to it, and started again",
  async () => {
    await survivesKills(20);
  },
  300_000,
);

const BAD_DAY: readonly Fault[] = [
  "ok",
  "error",
  "ok",
  "cut",
  "ok",
  "lost answer",
  "ok",
  "cut midway",
  "ok",
  "late",
];
/** Of each kind, to each script. */
const FAULTS = 2;

pythonTest.concurrent(
  "a proxy answers 500, cuts connections, loses answers and delays by 5 s",
  async () => {
    await using show = await startShow();
    await using forPython = await FaultProxy.start(show.url, BAD_DAY, await freePort());
    await using forTypeScript = await FaultProxy.start(show.url, BAD_DAY, await freePort());
    const { TRACKIO_WRITE_TOKEN } = show.env;
    const env = (proxy: FaultProxy) => ({ TRACKIO_WRITE_TOKEN, TRACKIO_SERVER_URL: proxy.url });
    await using python = new EndlessScript("python", env(forPython));
    await using typescript = new EndlessScript("typescript", env(forTypeScript));
    for (const proxy of [forPython, forTypeScript]) {
      for (const fault of BAD_DAY) {
        await vi.waitFor(
          () => expect(proxy.struck.get(fault) ?? 0).toBeGreaterThanOrEqual(FAULTS),
          { timeout: 120_000, interval: 100 },
        );
      }
      proxy.relent();
    }
    await expectEachOnce(show, [python, typescript]);
  },
  300_000,
);

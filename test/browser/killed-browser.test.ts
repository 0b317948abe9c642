import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { startServer } from "../../src/server/start-server.ts";
import { test } from "./page-test.ts";
import type { Lab } from "./training-page.ts";
import { startTrainingSite, type TrainingSite } from "./training-site.ts";

type LabWindow = Window & { readonly lab: Lab };

/** The house's browser is killed by nobody; this one is, and comes back with what it kept. */
class OwnBrowser {
  readonly #process: ChildProcess;
  readonly page: Page;

  static async start(userDir: string, url: string): Promise<OwnBrowser> {
    const place = inject("chromium")!;
    const child = spawn(
      place.path,
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--remote-debugging-port=0",
        `--user-data-dir=${userDir}`,
        "about:blank",
      ],
      { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...place.env } },
    );
    const address = await new Promise<string>((resolve, reject) => {
      let told = "";
      child.stderr!.setEncoding("utf8").on("data", (text: string) => {
        told += text;
        const found = /DevTools listening on (ws:\/\/\S+)/.exec(told)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once("exit", () => reject(new Error(`The browser ended: ${told}`)));
    });
    const browser = await chromium.connectOverCDP(address);
    const page = await browser.contexts()[0]!.newPage();
    await page.goto(url);
    await page.waitForFunction(() => "lab" in window);
    return new OwnBrowser(child, page);
  }

  private constructor(child: ChildProcess, page: Page) {
    this.#process = child;
    this.page = page;
  }

  async kill(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}

let site: TrainingSite;
let folder: string;
beforeAll(async () => {
  site = await startTrainingSite();
  folder = mkdtempSync(join(tmpdir(), "trackio-killed-"));
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

/** A data folder whose server is away, and what a page has to know to send there later. */
async function serverAway(name: string) {
  const root = join(folder, name);
  const later = await startServer({ root, port: 0, log: () => {} });
  const { port, tokens, url } = later;
  await later.close();
  return {
    options: { serverUrl: url, writeToken: tokens.write },
    userDir: join(folder, `${name}-browser`),
    begin: () => startServer({ root, port, log: () => {} }),
  };
}

/** How many records the server gets of the run `first` once another page of the same browser has begun a run. */
async function countSent(away: Awaited<ReturnType<typeof serverAway>>, atLeast: number) {
  await using server = await away.begin();
  const second = await OwnBrowser.start(away.userDir, site.url);
  try {
    await second.page.evaluate(async (options) => {
      const { trackio } = (window as unknown as LabWindow).lab;
      trackio.init({ project: "killed", name: "second", ...options });
      await trackio.finish();
    }, away.options);
    const count = async () => {
      const response = await fetch(`${server.url}/api/v1/projects/killed/runs`);
      const { runs } = (await response.json()) as { runs: { name: string; recordCount: number }[] };
      return runs.find(({ name }) => name === "first")?.recordCount ?? 0;
    };
    await expect.poll(count).toBeGreaterThanOrEqual(atLeast);
  } finally {
    await second.kill();
  }
}

/** Resolves when the page has told `count` on its console, or more; what it told last can be asked. */
function follow(page: Page, count: number) {
  let last = 0;
  const reached = new Promise<void>((resolve) => {
    page.on("console", (message) => {
      last = Math.max(last, Number(/^at (\d+)$/.exec(message.text())?.[1] ?? 0));
      if (last >= count) resolve();
    });
  });
  return { reached, last: () => last };
}

test("what flush() resolved from survives kill -9 of the browser, and is sent by the next page", async () => {
  const away = await serverAway("flushed");
  const first = await OwnBrowser.start(away.userDir, site.url);
  const told = follow(first.page, 100);
  await first.page.evaluate((options) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    const run = trackio.init({ project: "killed", name: "first", ...options });
    void (async () => {
      for (let call = 1; ; call += 1) {
        run.log({ call });
        await run.flush();
        console.log(`at ${call}`);
      }
    })();
  }, away.options);
  await told.reached;
  await first.kill();
  await countSent(away, told.last());
});

test("a loop that never pauses is kept while it runs: all but its last moments survive kill -9", async () => {
  const away = await serverAway("looping");
  const first = await OwnBrowser.start(away.userDir, site.url);
  const told = follow(first.page, 2_000);
  await first.page.evaluate(async (options) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    const run = trackio.init({ project: "killed", name: "first", ...options });
    await run.flush();
    setTimeout(() => {
      // Ten calls a millisecond, about, so that the last second is far less than all.
      for (let call = 1; ; call += 1) {
        run.log({ call });
        const untilMs = performance.now() + 0.1;
        while (performance.now() < untilMs);
        if (call % 1_000 === 0) console.log(`at ${call}`);
      }
    }, 0);
  }, away.options);
  await told.reached;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await first.kill();
  await countSent(away, 2_000);
});

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

test("what flush() resolved from survives kill -9 of the browser, and is sent by the next page", async () => {
  const root = join(folder, "data");
  const later = await startServer({ root, port: 0, log: () => {} });
  const { port, tokens } = later;
  const options = { serverUrl: later.url, writeToken: tokens.write };
  await later.close();
  const userDir = join(folder, "browser");
  const first = await OwnBrowser.start(userDir, site.url);
  let flushed = 0;
  const many = new Promise<void>((resolve) => {
    first.page.on("console", (message) => {
      const count = Number(/^flushed (\d+)$/.exec(message.text())?.[1] ?? 0);
      flushed = Math.max(flushed, count);
      if (flushed >= 100) resolve();
    });
  });
  await first.page.evaluate((options) => {
    const { trackio } = (window as unknown as LabWindow).lab;
    const run = trackio.init({ project: "killed", name: "first", ...options });
    void (async () => {
      for (let call = 1; ; call += 1) {
        run.log({ call });
        await run.flush();
        console.log(`flushed ${call}`);
      }
    })();
  }, options);
  await many;
  await first.kill();
  const told = flushed;
  await using server = await startServer({ root, port, log: () => {} });
  const second = await OwnBrowser.start(userDir, site.url);
  try {
    await second.page.evaluate(async (options) => {
      const { trackio } = (window as unknown as LabWindow).lab;
      trackio.init({ project: "killed", name: "second", ...options });
      await trackio.finish();
    }, options);
    const count = async () => {
      const response = await fetch(`${server.url}/api/v1/projects/killed/runs`);
      const { runs } = (await response.json()) as { runs: { name: string; recordCount: number }[] };
      return runs.find(({ name }) => name === "first")?.recordCount ?? 0;
    };
    await expect.poll(count).toBeGreaterThanOrEqual(told);
  } finally {
    await second.kill();
  }
});

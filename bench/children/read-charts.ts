/** Three pages: each follows the events and reads ten charts of a hundred runs, four times a second where it can. Argument: the server's URL. */

import { setTimeout as delay } from "node:timers/promises";

const [url] = process.argv.slice(2) as [string];
const runs = Array.from({ length: 100 }, (_, i) => `run-${i}`);

async function read(key: string): Promise<void> {
  const body = JSON.stringify({ runs, keys: [key], buckets: 300 });
  const response = await fetch(`${url}/api/v1/projects/bench/series`, { method: "POST", body });
  await response.arrayBuffer();
}

async function followEvents(): Promise<void> {
  const response = await fetch(`${url}/api/v1/events`);
  for await (const _ of response.body!);
}

async function beAPage(): Promise<void> {
  void followEvents();
  for (;;) {
    const pause = delay(250);
    for (let chart = 0; chart < 10; chart += 1) await read(`train/metric-${chart}`);
    await (await fetch(`${url}/api/v1/projects/bench/runs`)).json();
    await pause;
  }
}

await Promise.all([beAPage(), beAPage(), beAPage()]);

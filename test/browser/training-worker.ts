/** A worker of a page that logs, as `training-page.ts` does in the page itself. */

import * as trackio from "../../src/sdk/browser/index.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<string>) => void) | null;
  postMessage(report: trackio.BrowserReport): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = async ({ data: serverUrl }) => {
  const run = trackio.init({ project: "worker", name: "w", serverUrl });
  for (let i = 0; i < 1_000; i += 1) run.log({ i });
  const canvas = new OffscreenCanvas(8, 8);
  canvas.getContext("2d")!.fillRect(0, 0, 4, 4);
  run.log({ image: new trackio.Image(canvas) });
  scope.postMessage(await run.finish());
};

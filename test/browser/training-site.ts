/** The page of `training-page.ts`, made as a site would make it, on an origin of its own. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build, type Rolldown } from "vite";

export interface TrainingSite extends AsyncDisposable {
  readonly url: string;
}

const PAGE =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>A lab</title><script type="module" src="/lab.js"></script>';

/** @param host Its name: another one than that of the trackio server is another site. */
export async function startTrainingSite(host = "localhost"): Promise<TrainingSite> {
  const scripts = new Map([
    ["/lab.js", await bundle("training-page.ts")],
    ["/worker.js", await bundle("training-worker.ts")],
  ]);
  const server: Server = createServer((request, response) => {
    const script = scripts.get(request.url ?? "");
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    response.end(script ?? PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

async function bundle(name: string): Promise<string> {
  const [output] = (await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2024",
      lib: { entry: new URL(`./${name}`, import.meta.url).pathname, formats: ["es"] },
    },
  })) as Rolldown.RolldownOutput[];
  return output!.output[0].code;
}

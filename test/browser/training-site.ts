/** The page of `training-page.ts`, made as a site would make it, on an origin of its own. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build, type Rolldown } from "vite";

export interface TrainingSite extends AsyncDisposable {
  readonly url: string;
}

/** @param host Its name: another one than that of the trackio server is another site. */
export async function startTrainingSite(host = "localhost"): Promise<TrainingSite> {
  const [output] = (await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2024",
      lib: { entry: new URL("./training-page.ts", import.meta.url).pathname, formats: ["es"] },
    },
  })) as Rolldown.RolldownOutput[];
  const script = output!.output[0].code;
  const server: Server = createServer((request, response) => {
    const isScript = request.url === "/lab.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(
      isScript
        ? script
        : '<!doctype html><link rel="icon" href="data:,"><title>A lab</title><script type="module" src="/lab.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

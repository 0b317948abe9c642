import { join } from "node:path";
import { ROOT } from "../../tools/run-command.ts";
import { cleanEnv } from "./clean-env.ts";
import { freePort } from "./free-port.ts";
import { pythonPath } from "./python.ts";
import { ServerProcess } from "./server-process.ts";

/** `trackio show` of these sources, as a command: `node test/python/trackio.ts show …`. */
export const TRACKIO = join(import.meta.dirname, "trackio.ts");

/** Our server: `trackio show` with a data folder of its own. */
export async function startShow(): Promise<ServerProcess> {
  const port = await freePort();
  return await new ServerProcess(port, (server) => ({
    command: process.execPath,
    args: [TRACKIO, "show", "--no-open", "--port", String(port)],
    env: {
      ...cleanEnv(server.dir),
      TRACKIO_DIR: server.dir,
      TRACKIO_WRITE_TOKEN: server.token,
    },
  })).start();
}

/** The server of the unmodified Python package, the judge of what is right. */
export async function startTrackioServer(): Promise<ServerProcess> {
  const port = await freePort();
  return await new ServerProcess(port, (server) => ({
    command: pythonPath(),
    args: [join(ROOT, "interop", "servers.py"), String(port)],
    env: {
      ...cleanEnv(server.dir),
      TRACKIO_DIR: server.dir,
      TRACKIO_WRITE_TOKEN: server.token,
    },
  })).start();
}

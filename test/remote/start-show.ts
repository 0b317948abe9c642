import { join } from "node:path";
import { ROOT } from "../../tools/run-command.ts";
import { cleanEnv } from "../python/clean-env.ts";
import { freePort } from "../python/free-port.ts";
import { ServerProcess } from "../python/server-process.ts";

const TRACKIO = join(ROOT, "test", "python", "trackio.ts");

/** `trackio show` in a process of its own, which can be killed and started again at its address. */
export async function startShow(): Promise<ServerProcess> {
  const port = await freePort();
  return await new ServerProcess(port, ({ dir, token }) => ({
    command: process.execPath,
    args: [TRACKIO, "show", "--no-open", "--port", String(port)],
    env: { ...cleanEnv(dir), TRACKIO_DIR: dir, TRACKIO_WRITE_TOKEN: token },
  })).start();
}

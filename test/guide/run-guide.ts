/** Runs `examples/track-guide.ts` as a person would, into a data folder of its own. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../tools/run-command.ts";

/**
 * @param serverLink Where it sends its runs, with the token; without one they stay in `root`.
 * @returns What the script said on standard output and error.
 */
export async function runGuide(root: string, serverLink = ""): Promise<string> {
  const script = join(ROOT, "examples", "track-guide.ts");
  const env = { ...process.env, TRACKIO_DIR: root, TRACKIO_SERVER_URL: serverLink };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env });
  return stdout + stderr;
}

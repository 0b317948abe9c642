/** A script whose data folder lies on a disk of its own that is full after 1 MB. */

import { spawnSync } from "node:child_process";
import type { BlobFolder } from "../blob-folder.ts";

const ROOM = new URL("..", import.meta.url).href;

/**
 * Runs `body` as a module in which `blobs` is the blobs' folder on the small
 * disk, `room(name)` imports a module of the media room, `tell(value)` gives a
 * value back, and `enlarge()` makes the disk large; all that it told, in order.
 *
 * A tmpfs in a namespace of its own where the system has that, which is gone
 * with the process; elsewhere a limit on the size of files, which stops writes
 * in the middle as well.
 */
export function runOnSmallDisk(blobs: BlobFolder, body: string): unknown[] {
  const root = blobs.path.slice(0, -"/store/blobs".length);
  const canMount = spawnSync("unshare", ["-rm", "true"]).status === 0;
  const enlarging = canMount
    ? ["mount", "-o", "remount,size=64m", root]
    : ["sh", "-c", "prlimit --pid $PPID --fsize=unlimited"];
  const script = `
    import { execFileSync } from "node:child_process";
    import { writeSync } from "node:fs";
    import { BlobFolder } from ${JSON.stringify(`${ROOM}blob-folder.ts`)};
    import { DataFolder } from ${JSON.stringify(new URL("../journal/data-folder.ts", ROOM).href)};
    const blobs = new BlobFolder(new DataFolder(${JSON.stringify(root)}));
    const room = (name) => import(${JSON.stringify(ROOM)} + name);
    const tell = (value) => writeSync(1, JSON.stringify(value) + "\\n");
    const [program, ...options] = ${JSON.stringify(enlarging)};
    const enlarge = () => execFileSync(program, options);
    ${body}`;
  const node = [process.execPath, "--no-warnings", "--input-type=module", "--eval", script];
  const mounted = ["-rm", "sh", "-c", `mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"`, root];
  // In blocks of 512 bytes.
  const limited = ["-c", 'ulimit -S -f 2048; exec "$@"', "sh"];
  const { stdout, stderr, status } = canMount
    ? spawnSync("unshare", [...mounted, ...node], { encoding: "utf8" })
    : spawnSync("sh", [...limited, ...node], { encoding: "utf8" });
  if (status !== 0) throw new Error(`The script ended with ${status}: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

/** The address of the dashboard that shows a data folder: its server announces itself in a small file there. */

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { DataFolder } from "../journal/data-folder.ts";
import { isWriterAlive } from "../journal/process-liveness.ts";
import type { RunIdentity } from "../protocol/run.ts";

/** A link to the run's page; undefined where no server of this machine shows the folder. */
export function findRunUrl(folder: DataFolder, run: RunIdentity): string | undefined {
  const server = readServer(folder.serverFile);
  return server === undefined ? undefined : runUrlAt(server, run);
}

/** A link to the run's page at a server. */
export function runUrlAt(server: string, run: RunIdentity): string {
  const url = new URL(server);
  url.searchParams.set("project", run.projectKey);
  // The page reads a list of ids here: commas part them.
  url.searchParams.set("run_ids", run.id.replaceAll("%", "%25").replaceAll(",", "%2C"));
  return url.href;
}

/** Whether the server at `serverUrl` shows this very folder: then what is written here is there. */
export function isOwnServer(folder: DataFolder, serverUrl: string): boolean {
  const own = readServer(folder.serverFile);
  if (own === undefined) return false;
  const [ours, asked] = [new URL(own), new URL(serverUrl)];
  const isSameHost = ours.hostname === asked.hostname || (isHere(ours) && isHere(asked));
  return isSameHost && ours.port === asked.port && ours.protocol === asked.protocol;
}

function isHere({ hostname }: URL): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function readServer(path: string): string | undefined {
  try {
    const file = JSON.parse(readFileSync(path, "utf8")) as {
      readonly url?: unknown;
      readonly pid?: unknown;
      readonly host?: unknown;
      readonly pidStart?: unknown;
    };
    if (typeof file.url !== "string" || !URL.canParse(file.url) || typeof file.pid !== "number") {
      return undefined;
    }
    const process = {
      host: typeof file.host === "string" ? file.host : hostname(),
      pid: file.pid,
      ...(typeof file.pidStart === "string" ? { pidStart: file.pidStart } : {}),
    };
    const nowMs = Date.now();
    return process.host === hostname() && isWriterAlive(process, nowMs, nowMs)
      ? file.url
      : undefined;
  } catch {
    // No server has run here, or the file is just being written: there is no link to give.
    return undefined;
  }
}

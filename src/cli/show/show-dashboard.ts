/** `trackio show`: the server, a link, a browser, and an end by Ctrl-C. */

import { once } from "node:events";
import { resolve } from "node:path";
import { TrackioError } from "../../protocol/errors.ts";
import { startServer } from "../../server/start-server.ts";
import { findDataFolder } from "../find-data-folder.ts";
import { formatCount } from "../format.ts";
import { ProgressBar } from "../progress-bar.ts";
import type { Terminal } from "../terminal.ts";
import { hasScreen, openBrowser } from "./open-browser.ts";

export interface ShowOptions {
  /** The data folder as the positional argument. */
  readonly folder?: string;
  readonly dir?: string;
  readonly project?: string;
  readonly port?: number;
  readonly host: string;
  readonly open: boolean;
  readonly allowHost: readonly string[];
  /** Whether reading needs a token. */
  readonly readToken?: true;
}

/** Shows the dashboard until SIGINT or SIGTERM. A data folder that is not there yet is made: a script may be about to log to it. */
export async function showDashboard(terminal: Terminal, options: ShowOptions): Promise<void> {
  const { root } = findDataFolder(terminal, chooseDir(options));
  const ended = untilAsked();
  const bar = new ProgressBar(terminal, "Reading the rows that Trackio wrote", formatCount);
  const server = await startServer({
    root,
    host: options.host,
    ...(options.port !== undefined && { port: options.port }),
    allowedHosts: options.allowHost,
    onReading: ({ done, total }) => (done < total ? bar.update(done, total) : bar.end()),
    ...(options.readToken && { readToken: true }),
  });
  const { write, read } = server.tokens;
  const link = linkTo(server.url, options.project, { write_token: write });
  await terminal.print(`Dashboard: ${link}\n`);
  terminal.note("Whoever has this link may also write and delete; without write_token it reads.\n");
  if (read === undefined && !isLoopback(options.host)) {
    terminal.note(
      "Whoever reaches this machine over the network may read; --read-token lets only those who have a token.\n",
    );
  }
  if (read !== undefined) {
    terminal.note(`To read only: ${linkTo(server.url, options.project, { read_token: read })}\n`);
  }
  terminal.note(`Data: ${root}. Ctrl-C ends.\n`);
  if (options.open && hasScreen(terminal.env, process.platform)) openBrowser(link);
  await ended;
  await server.close();
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function linkTo(
  server: string,
  project: string | undefined,
  token: { readonly [parameter: string]: string },
): string {
  const link = new URL(server);
  if (project !== undefined) link.searchParams.set("project", project);
  for (const [name, value] of Object.entries(token)) link.searchParams.set(name, value);
  return link.href;
}

function chooseDir({ folder, dir }: ShowOptions): string | undefined {
  if (folder !== undefined && dir !== undefined && resolve(folder) !== resolve(dir)) {
    throw new TrackioError(
      "invalid_argument",
      `Both '${folder}' and --dir '${dir}' name a data folder; give one of them.`,
    );
  }
  return folder ?? dir;
}

/** Resolves at the first signal to end; a second one ends the process at once, as it would without us. */
async function untilAsked(): Promise<void> {
  const asked = new AbortController();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, () => asked.abort());
  if (!asked.signal.aborted) await once(asked.signal, "abort");
}

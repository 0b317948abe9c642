/** `trackio sync`: what scripts left goes to the server that they named, and what went is told. */

import { existsSync } from "node:fs";
import { TrackioError } from "../../protocol/errors.ts";
import {
  listUnsentJournals,
  markUnsent,
  type UnsentJournal,
} from "../../sdk/remote/unsent-journals.ts";
import { findDataFolder } from "../find-data-folder.ts";
import { formatBytes, formatQuantity } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { ProgressBar } from "../progress-bar.ts";
import type { Terminal } from "../terminal.ts";
import { type SendOutcome, sendJournals } from "./send-journals.ts";
import { ServerChoice } from "./server-choice.ts";

/** What went to one server, and what did not. */
interface ServerReport extends SendOutcome {
  readonly url: string;
  readonly sentBytes: number;
  readonly journals: readonly UnsentJournal[];
}

/** As JSON `{"dir", "servers": [{"server_url", "num_runs", "bytes", "unsent_bytes", "unsent_blobs", "refused", "error"}]}`. */
export async function syncUnsent(
  terminal: Terminal,
  options: {
    readonly dir?: string;
    readonly json?: boolean;
    readonly serverUrl?: string;
    /** Whether what was sent before goes, too. */
    readonly again?: boolean;
  },
): Promise<void> {
  const folder = findDataFolder(terminal, options.dir);
  if (options.dir !== undefined && !existsSync(folder.root)) {
    throw new TrackioError(
      "not_found",
      `There is no folder '${folder.root}'; name the one that the script logs to.`,
    );
  }
  const choice = new ServerChoice(folder, terminal.env, options.serverUrl);
  if (options.again) await markUnsent(folder.root);
  const { left, live } = await findLeft(folder.root);
  for (const { route, header } of live) {
    terminal.note(
      `Run "${header?.run.name ?? route.run}" is still being written: its script sends it.\n`,
    );
  }
  const reports: ServerReport[] = [];
  const byServer = Map.groupBy(left, ({ route }) => choice.urlFor(route.serverUrl));
  for (const [url, journals] of byServer) {
    reports.push(await sendTo(terminal, url, choice.tokenFor(url), journals));
  }
  if (options.json) await terminal.print(toJson(folder.root, reports));
  else if (reports.length === 0) await terminal.print("Nothing is left to be sent.\n");
  else for (const report of reports) await tell(terminal, report);
  complain(reports);
}

async function findLeft(
  root: string,
): Promise<{ readonly left: readonly UnsentJournal[]; readonly live: readonly UnsentJournal[] }> {
  const journals = await listUnsentJournals(root);
  return {
    left: journals.filter(({ isWriterAlive }) => !isWriterAlive),
    live: journals.filter(({ isWriterAlive }) => isWriterAlive),
  };
}

async function sendTo(
  terminal: Terminal,
  url: string,
  token: string | undefined,
  journals: readonly UnsentJournal[],
): Promise<ServerReport> {
  const bar = new ProgressBar(terminal, `Sending to ${url}`);
  const totalBytes = journals.reduce((sum, { unsentBytes }) => sum + unsentBytes, 0);
  let sentBytes = 0;
  try {
    const outcome = await sendJournals(
      journals.map(({ route }) => route),
      {
        url,
        token,
        onBytes: (sizeBytes) => {
          sentBytes += sizeBytes;
          // Of blobs nobody knows before how many the server lacks.
          bar.update(sentBytes, Math.max(totalBytes, sentBytes));
        },
      },
    );
    return { ...outcome, url, sentBytes, journals };
  } finally {
    bar.end();
  }
}

async function tell(terminal: Terminal, report: ServerReport): Promise<void> {
  const { url, sentBytes, journals, sent, refused } = report;
  const lines: string[] = [];
  const runs = runsOf(journals.filter(({ route }) => sent.includes(route.path)));
  for (const run of runs) lines.push(`${run} is all there.\n`);
  lines.push(`Sent ${formatBytes(sentBytes)} to ${url}.\n`);
  await terminal.print(lines.join(""));
  for (const { route, header } of journals) {
    const refusal = refused.get(route.path);
    if (refusal === undefined) continue;
    const name = header?.run.name ?? route.run;
    terminal.note(`${url} does not take the run "${name}": ${refusal.message}\n`);
  }
}

/** `project/name` of each run, once. */
function runsOf(journals: readonly UnsentJournal[]): string[] {
  const names = new Map<string, string>();
  for (const { route, header } of journals) {
    const { project, run } = route;
    names.set(`${project}/${run}`, `${project}/${header?.run.name ?? run}`);
  }
  return [...names.values()];
}

function toJson(dir: string, reports: readonly ServerReport[]): string {
  const servers = reports.map((report) => ({
    server_url: report.url,
    num_runs: runsOf(report.journals.filter(({ route }) => report.sent.includes(route.path)))
      .length,
    bytes: report.sentBytes,
    unsent_bytes: report.left.bytes,
    unsent_blobs: report.left.blobs,
    refused: [...report.refused.values()].map(({ message }) => message),
    ...(report.trouble === undefined ? {} : { error: report.trouble }),
  }));
  return jsonDocument({ dir, servers });
}

/** @throws {@link TrackioError} where something is left that the command was to send: a sentence for each server. */
function complain(reports: readonly ServerReport[]): void {
  const sentences = reports.flatMap((report) => describeLeft(report) ?? []);
  if (sentences.length > 0) throw new TrackioError("unavailable", sentences.join("\n"));
}

function describeLeft({ url, trouble, left, isTokenRefused }: ServerReport): string | undefined {
  if (trouble === undefined) return undefined;
  const what = [
    formatBytes(left.bytes),
    ...(left.blobs > 0 ? [formatQuantity(left.blobs, "blob")] : []),
  ].join(" and ");
  const remedy = isTokenRefused
    ? "give the token of the link that `trackio show` prints there, as --server-url 'URL?write_token=…' or in TRACKIO_WRITE_TOKEN"
    : "try again when it is well";
  return `${what} did not reach ${url}: ${trouble}. Nothing is lost; ${remedy}.`;
}

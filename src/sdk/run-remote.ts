/**
 * A run that also goes to a server on another machine. Its journals are written
 * here exactly as without one; a mark beside each says where it goes, and the
 * thread that looks after journals sends them.
 *
 * Law: nothing of this throws into the script, and whatever becomes of the
 * server, all that was logged stays on this machine until it is there.
 */

import { statSync } from "node:fs";
import type { DataFolder } from "../journal/data-folder.ts";
import type { JournalWriter } from "../journal/journal-writer.ts";
import { readRemoteMark, writeRemoteMark } from "../journal/remote-mark.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { RunIdentity } from "../protocol/run.ts";
import { describeError } from "./describe-value.ts";
import { journalThread, type OnSendingNews } from "./journal-thread.ts";
import { ReadyPromise } from "./ready-promise.ts";
import type { Refusal } from "./remote/outgoing-journal.ts";
import type { TroubleKind } from "./remote/send-trouble.ts";
import type { OwnJournal } from "./remote/sending.ts";
import type { UnsentRest } from "./run.ts";
import { unwatchSending, watchSending } from "./script-watch.ts";
import { describeUnsent, type SendingRun } from "./send-rest.ts";
import { steadyMs } from "./steady-clock.ts";
import type { Warnings } from "./warnings.ts";

/** Where a script sends its runs. */
export interface RemoteServer {
  /** Without the token. */
  readonly url: string;
  readonly token: string | undefined;
  /** So long the end of the script waits for what is not there yet. */
  readonly exitTimeoutMs: number;
}

export interface RunRemoteOptions {
  readonly folder: DataFolder;
  readonly run: RunIdentity;
  readonly server: RemoteServer;
  readonly warnings: Warnings;
  /** Called when no more of the run is waited for. */
  readonly onLeave: () => void;
}

export class RunRemote implements SendingRun {
  readonly places: { readonly serverUrl: string; readonly root: string };
  readonly #options: RunRemoteOptions;
  readonly #paths = new Set<string>();
  readonly #hear: OnSendingNews = (told) => this.#take(told);
  readonly #ready = new ReadyPromise();
  #isAwayTold = false;
  #isServerAway = false;
  #waitedMs = 0;

  constructor(options: RunRemoteOptions) {
    this.#options = options;
    this.places = { serverUrl: options.server.url, root: options.folder.root };
  }

  /** Settles when the server has the run, or never will. */
  get ready(): Promise<void> {
    return this.#ready.ask(this.exitLimitMs(), () => {
      const { name } = this.#options.run;
      return new TrackioError("unavailable", notTaken(this.places.serverUrl, name));
    });
  }

  /** Has the journal sent, from now on. */
  begin(journal: JournalWriter, { mustExist }: { readonly mustExist: boolean }): OwnJournal {
    const { folder, run, server, warnings } = this.#options;
    try {
      const mark = { serverUrl: server.url, sentBytes: 0, isDone: false };
      writeRemoteMark(journal.path, mark);
    } catch (error) {
      warnings.warn(
        "mark",
        `it cannot be noted beside ${journal.path} that it goes to ${server.url} (${describeError(error)}); what this script does not send stays here.`,
      );
    }
    if (this.#paths.size === 0) journalThread.listen(this.#hear);
    this.#paths.add(journal.path);
    watchSending(this);
    return {
      path: journal.path,
      root: folder.root,
      serverUrl: server.url,
      token: server.token,
      project: run.project,
      run: run.id,
      writer: journal.writer.id,
      mustExist,
    };
  }

  /** Whether there is something that the server is still to have. */
  get isSending(): boolean {
    return this.#paths.size > 0;
  }

  unsentPaths(): readonly string[] {
    return [...this.#paths];
  }

  /** As far as the marks know. */
  unsentBytes(): number {
    let bytes = 0;
    for (const path of this.#paths) {
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      try {
        bytes += Math.max(0, size - (readRemoteMark(path)?.sentBytes ?? 0));
      } catch {
        // A mark that cannot be read says nothing.
        bytes += size;
      }
    }
    return bytes;
  }

  exitLimitMs(): number {
    return Math.max(0, this.#options.server.exitTimeoutMs - this.#waitedMs);
  }

  isServerAway(): boolean {
    return this.#isServerAway;
  }

  onToldAway(): void {
    this.#isAwayTold = true;
  }

  onLeave(): void {
    this.#options.onLeave();
  }

  /** Waits until the server has all of the run, so long at most; what it does not have then is told, and returned. */
  async drain(timeoutMs: number): Promise<UnsentRest | undefined> {
    const beganMs = steadyMs();
    const drained = await journalThread.drain([...this.#paths], Math.max(0, timeoutMs));
    this.#waitedMs += steadyMs() - beganMs;
    if (!this.isSending) return undefined;
    const { serverUrl, root } = this.places;
    const { bytes, blobs } = drained?.left ?? { bytes: this.unsentBytes(), blobs: 0 };
    const why = drained?.trouble === undefined ? "" : `: ${drained.trouble}`;
    const { name } = this.#options.run;
    this.#ready.reject(new TrackioError("unavailable", notTaken(serverUrl, name)));
    this.#options.warnings.warn(
      "unsent",
      `${describeUnsent({ bytes, blobs })} of the run "${name}" did not reach ${serverUrl} yet${why}. Nothing is lost: it lies in ${root}; while this script goes on, and with the next run there or \`trackio sync\`, it is sent.`,
    );
    return { bytes, blobs, serverUrl, dir: root };
  }

  #take(told: Parameters<OnSendingNews>[0]): void {
    const { url } = this.#options.server;
    if (told.news === "trouble" || told.news === "well") {
      if (told.serverUrl !== url) return;
      this.#isServerAway = told.news === "trouble" && told.kind === "away";
      if (told.news === "trouble") this.#warnOf(told.kind, told.message);
      return;
    }
    if (!this.#paths.has(told.path)) return;
    if (told.news === "ready") {
      this.#ready.resolve();
      return;
    }
    this.#paths.delete(told.path);
    if (told.refusal === undefined) this.#ready.resolve();
    else this.#refuse(told.refusal);
    if (this.isSending) return;
    journalThread.unlisten(this.#hear);
    unwatchSending(this);
    this.#options.onLeave();
  }

  #refuse({ code, message }: Refusal): void {
    const { run, server, folder, warnings } = this.#options;
    this.#ready.reject(new TrackioError(code, message));
    warnings.warn(
      `refused ${code}`,
      `${server.url} does not take the run "${run.name}": ${message} It is kept in ${folder.root} only.`,
    );
  }

  #warnOf(kind: TroubleKind, message: string): void {
    if (kind === "away" && this.#isAwayTold) return;
    const { server, folder, warnings } = this.#options;
    const what = describeTrouble(server.url, kind, message);
    warnings.warn(`remote ${kind}`, `${what} All is kept in ${folder.root}.`);
  }
}

function notTaken(serverUrl: string, name: string): string {
  return `The server ${serverUrl} has not answered for the run "${name}" yet; it is kept here and sent when it can be.`;
}

function describeTrouble(url: string, kind: TroubleKind, message: string): string {
  switch (kind) {
    case "refused":
      return `${url} does not let this script write: ${message}. Give the token of the link that \`trackio show\` prints there, in serverUrl (?write_token=…), writeToken or TRACKIO_WRITE_TOKEN.`;
    case "local":
    case "too-large":
      return `Something cannot be sent to ${url}: ${message}.`;
    case "away":
      return `Nothing reaches ${url} now: ${message}. It is tried again.`;
  }
}

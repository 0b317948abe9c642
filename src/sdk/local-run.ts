/**
 * A run that is kept in this machine's data folder: every call of `log()` is
 * one line of its journal. The class holds the law that nothing is thrown
 * after `init`; what it uses may throw.
 */

import { errorCode } from "../journal/file-errors.ts";
import type { RunId } from "../protocol/ids.ts";
import type { SavedFile } from "../protocol/media.ts";
import type { RunEnd, Config as StoredConfig } from "../protocol/run.ts";
import { isPlainObject, type Value } from "../protocol/values.ts";
import { describeError, describeLoss, describeValue, storageTrouble } from "./describe-value.ts";
import { decodeConfig, encodeConfig } from "./encode-config.ts";
import { GivenOptions } from "./given-options.ts";
import { Loggable } from "./loggable.ts";
import type { FileUrl } from "./media/media-values.ts";
import { createNotedValues, type NotedValues } from "./noted-values.ts";
import type { OpenedRun } from "./open-run.ts";
import type { AnyMetrics, FinishOptions, LogOptions, Run, RunReport, RunStats } from "./run.ts";
import { RunJournal } from "./run-journal.ts";
import { RunMedia } from "./run-media.ts";
import { type RemoteServer, RunRemote } from "./run-remote.ts";
import { noTrouble, type RunCounters } from "./run-stats.ts";
import { unwatchRun, type WatchedRun, watchRun, watchTime } from "./script-watch.ts";
import { findRunUrl, runUrlAt } from "./server-link.ts";
import { steadyMs } from "./steady-clock.ts";
import { StepCounter } from "./step-counter.ts";
import type { Warnings } from "./warnings.ts";

export class LocalRun<
  Config extends object = { readonly [key: string]: Value },
  Metrics extends object = AnyMetrics,
> implements Run<Config, Metrics>
{
  readonly id: RunId;
  readonly name: string;
  readonly project: string;
  readonly config: NotedValues<Config>;
  readonly summary: NotedValues<{ [key: string]: Value }>;

  readonly #opened: OpenedRun;
  readonly #journal: RunJournal;
  readonly #media: RunMedia;
  readonly #remote: RunRemote | undefined;
  readonly #given: GivenOptions;
  readonly #warnings: Warnings;
  readonly #watched: WatchedRun;
  /** On the clock that nobody sets. */
  readonly #startedMs = steadyMs();
  readonly #counters: RunCounters = { ...noTrouble };
  #config: StoredConfig;
  /** Set once the run has finished for this process. */
  #report: RunReport | undefined;
  #finished: Promise<RunReport> | undefined;

  /** @param server Where it goes; undefined where it stays here. */
  constructor(opened: OpenedRun, warnings: Warnings, server?: RemoteServer) {
    const { run, config } = opened.head;
    this.id = run.id;
    this.name = run.name;
    this.project = run.project;
    this.#opened = opened;
    const steps = new StepCounter(opened.highestStep, opened.head.stepsElsewhere);
    this.#given = new GivenOptions(steps, this.#counters, warnings);
    this.#warnings = warnings;
    this.#media = new RunMedia({
      folder: opened.folder,
      warn: (kind, message) => warnings.warn(kind, message),
      // One line for all that a list or a table has of it.
      onLost: (path, error) => this.#leaveOut(path, error, path[0]),
    });
    if (server !== undefined) {
      const { folder } = opened;
      const onLeave = () => this.#media.release();
      this.#remote = new RunRemote({ folder, run, server, warnings, onLeave });
    }
    this.#journal = new RunJournal(
      opened,
      steps,
      (path, error) => this.#leaveOut(path, error),
      this.#media,
      this.#remote,
    );
    this.#config = config;
    this.config = createNotedValues(decodeConfig(config), (values) => this.#setConfig(values));
    this.summary = createNotedValues({}, (values) => this.#setSummary(values));
    this.#watched = {
      journal: () => {
        const { ended, path, outgoing } = this.#journal;
        return ended === undefined ? { path, outgoing } : undefined;
      },
      onSignal: (end) => {
        if (this.#journal.ended === undefined) this.#markEnded(end);
        this.#media.leave();
      },
      onExit: (end) => this.#close(this.#journal.ended ?? end),
    };
    watchRun(this.#watched);
  }

  get ready(): Promise<void> {
    return this.#remote?.ready ?? Promise.resolve();
  }

  get url(): string | undefined {
    const { folder, head } = this.#opened;
    const server = this.#remote?.places.serverUrl;
    return server === undefined ? findRunUrl(folder, head.run) : runUrlAt(server, head.run);
  }

  log(values: object, options?: LogOptions): void {
    try {
      this.#log(values, options);
      this.#media.recordWritten();
    } catch (error) {
      this.#media.recordLost();
      this.#tellTrouble(error, "log()");
    }
  }

  save(path: string | FileUrl): readonly SavedFile[] {
    try {
      if (this.#journal.ended !== undefined && !this.#reopen("save()")) return [];
      return this.#media.save(path, (file) =>
        this.#journal.appendEvent({ time: Date.now(), file }),
      );
    } catch (error) {
      this.#tellTrouble(error, "save()");
      return [];
    }
  }

  stats(): RunStats {
    const { blobCount, blobBytes } = this.#media;
    return { ...this.#counters, sizeBytes: this.#journal.sizeBytes, blobCount, blobBytes };
  }

  finish(options?: FinishOptions): Promise<RunReport> {
    this.#finished ??= this.#finish(this.#given.timeoutMs(options?.timeoutMs));
    return this.#finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }

  #log(values: object, options: LogOptions | undefined): void {
    if (this.#journal.ended !== undefined && !this.#reopen("log()")) return;
    const nowMs = Date.now();
    watchTime(nowMs);
    if (!isObjectOfValues(values)) {
      this.#refuse(values);
      return;
    }
    const record = this.#journal.encode(values as { readonly [key: string]: unknown });
    const { set, fields } = record;
    if (set.keys.length === 0 && !isPlainObject(values)) {
      this.#refuse(values);
      return;
    }
    fields[1] = this.#given.step(options?.step);
    fields[2] = this.#given.timeMs(options?.time, nowMs);
    this.#journal.append(record);
    this.#counters.recordCount += 1;
  }

  /** @param place One warning is enough for all that is left out there; of what the disk refuses, one for all. */
  #leaveOut(path: readonly string[], error: unknown, place = path.join("/")): void {
    this.#counters.droppedValues += 1;
    const kind = storageTrouble(error) ?? `value ${place}`;
    this.#warnings.warn(kind, `"${path.join("/")}" is left out: ${describeLoss(error)}`);
  }

  #refuse(values: unknown): void {
    this.#counters.refusedCalls += 1;
    this.#warnings.warn(
      "call",
      `log() was given ${describeValue(values)}; give it an object, e.g. { loss: 0.5 }. The call is not kept.`,
    );
  }

  #setConfig(values: { readonly [key: string]: unknown }): { readonly [key: string]: Value } {
    const change = this.#note(values, "config", (encoded, time) => {
      let config = { ...this.#config, ...encoded };
      try {
        // The head knows what other writers of the run have set meanwhile.
        const head = this.#journal.updateHead(time, (head) => ({
          ...head,
          config: { ...head.config, ...encoded },
        }));
        config = head?.config ?? config;
      } finally {
        this.#journal.appendEvent({ time, config });
        this.#config = config;
      }
    });
    return decodeConfig(change);
  }

  #setSummary(values: { readonly [key: string]: unknown }): { readonly [key: string]: Value } {
    return decodeConfig(
      this.#note(values, "summary", (summary, time) =>
        this.#journal.appendEvent({ time, summary }),
      ),
    );
  }

  /** Encodes values and keeps them by `keep`; gives what is kept. */
  #note(
    values: { readonly [key: string]: unknown },
    place: "config" | "summary",
    keep: (encoded: StoredConfig, timeMs: number) => void,
  ): StoredConfig {
    try {
      if (this.#journal.ended !== undefined && !this.#reopen(`run.${place}.set()`)) return {};
      const encoded = encodeConfig(values, place, this.#warnings);
      keep(encoded, Date.now());
      return encoded;
    } catch (error) {
      this.#tellTrouble(error, `run.${place}.set()`);
      return {};
    }
  }

  /** Takes back an end that a signal brought and the script outlived; false, and told, after `finish`. */
  #reopen(place: string): boolean {
    if (this.#report !== undefined) {
      this.#counters.lateCalls += 1;
      this.#warnings.warn(
        "late",
        `${place} was called after the run "${this.name}" had finished; it is not kept. Call trackio.init() for a new run.`,
      );
      return false;
    }
    this.#journal.reopen(Date.now());
    watchRun(this.#watched);
    return true;
  }

  /** Says on disk that the run has ended, be it for now. */
  #markEnded(end: RunEnd): void {
    const isThere = this.#journal.end(end, Date.now(), (error) => {
      this.#tellTrouble(error, "the end of the run");
    });
    if (isThere) return;
    const { root } = this.#opened.folder;
    this.#warnings.warn(
      "deleted",
      `the run "${this.name}" was deleted from ${root} while it was written; what was logged since then is not kept.`,
    );
  }

  async #finish(timeoutMs: number): Promise<RunReport> {
    const untilMs = steadyMs() + timeoutMs;
    const report = this.#close({ state: "finished" });
    const rendered = this.#media.rendered(timeoutMs);
    if (rendered !== undefined) {
      await rendered;
      this.#syncMedia();
    }
    const unsent = await this.#remote?.drain(untilMs - steadyMs());
    if (unsent === undefined) this.#media.release();
    const warnings = this.#warnings.messages;
    this.#report = { ...report, ...this.stats(), warnings, ...(unsent && { unsent }) };
    return this.#report;
  }

  #syncMedia(): void {
    try {
      this.#media.sync();
    } catch (error) {
      this.#counters.failedWrites += 1;
      this.#warnings.warn("sync", `not all media are on the disk itself: ${describeError(error)}`);
    }
  }

  #close(end: RunEnd): RunReport {
    if (this.#report !== undefined) return this.#report;
    this.#syncMedia();
    const { ended } = this.#journal;
    if (ended === undefined || (ended !== end && this.#canReopen())) this.#markEnded(end);
    unwatchRun(this.#watched);
    // What a server is still to have, a maker of this process may have to make first.
    if (this.#remote?.isSending !== true) this.#media.release();
    this.#report = {
      project: this.project,
      name: this.name,
      id: this.id,
      durationMs: Math.round(steadyMs() - this.#startedMs),
      warnings: this.#warnings.messages,
      ...this.stats(),
    };
    return this.#report;
  }

  /** Opens the run anew for an end that differs from the one it has. */
  #canReopen(): boolean {
    try {
      return this.#reopen("finish()");
    } catch (error) {
      this.#tellTrouble(error, "the end of the run");
      return false;
    }
  }

  #tellTrouble(error: unknown, place: string): void {
    const code = errorCode(error);
    const message = describeError(error);
    if (code === undefined) {
      this.#counters.refusedCalls += 1;
      this.#warnings.warn(
        `refused ${place}`,
        `${place} could not read what it was given (${message}); it is not kept.`,
      );
      return;
    }
    this.#counters.failedWrites += 1;
    this.#warnings.warn(
      `write ${code}`,
      `${place} could not be written to ${this.#journal.path} (${message}); it is not kept, the next is tried again.`,
    );
  }
}

/** Neither a list nor a picture without a key. */
function isObjectOfValues(values: unknown): values is object {
  const isObject = typeof values === "object" && values !== null;
  return isObject && !Array.isArray(values) && !(values instanceof Loggable);
}

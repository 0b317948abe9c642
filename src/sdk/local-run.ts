/**
 * A run that is kept in this machine's data folder: every call of `log()` is
 * one line of its journal. The class holds the law that nothing is thrown
 * after `init`; what it uses may throw.
 */

import { errorCode } from "../journal/file-errors.ts";
import type { RunId } from "../protocol/ids.ts";
import type { SavedFile } from "../protocol/media.ts";
import type { RunEnd, Config as StoredConfig } from "../protocol/run.ts";
import { decodeValue, isPlainObject, type Json, type Value } from "../protocol/values.ts";
import { describeError, describeLoss, describeValue, storageTrouble } from "./describe-value.ts";
import { encodeConfig } from "./encode-config.ts";
import { Loggable } from "./loggable.ts";
import type { FileUrl } from "./media-values.ts";
import { createNotedValues, type NotedValues } from "./noted-values.ts";
import type { OpenedRun } from "./open-run.ts";
import type { AnyMetrics, FinishOptions, LogOptions, Run, RunReport, RunStats } from "./run.ts";
import { RunJournal } from "./run-journal.ts";
import { RunMedia } from "./run-media.ts";
import { type RemoteServer, RunRemote } from "./run-remote.ts";
import { noTrouble } from "./run-stats.ts";
import { unwatchRun, type WatchedRun, watchRun, watchTime } from "./script-watch.ts";
import { findRunUrl, runUrlAt } from "./server-link.ts";
import { steadyMs } from "./steady-clock.ts";
import { readStep, StepCounter } from "./step-counter.ts";
import type { Warnings } from "./warnings.ts";

/** So long `finish()` waits for pictures that are still being rendered, and for a server. */
const FINISH_LIMIT_MS = 10_000;

/** No timer waits longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1_000;

/** No date is further from 1970. */
const LAST_TIME_MS = 8.64e15;

type Counters = { -readonly [Key in keyof RunStats]: RunStats[Key] };

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
  readonly #steps: StepCounter;
  readonly #warnings: Warnings;
  readonly #watched: WatchedRun;
  /** On the clock that nobody sets. */
  readonly #startedMs = steadyMs();
  readonly #counters: Counters = { ...noTrouble };
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
    this.#steps = new StepCounter(opened.highestStep, opened.head.stepsElsewhere);
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
      this.#steps,
      (path, error) => this.#leaveOut(path, error),
      this.#media,
      this.#remote,
    );
    this.#config = config;
    this.config = createNotedValues(decodeAll(config), (values) => this.#setConfig(values));
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
    this.#finished ??= this.#finish(this.#takeTimeout(options));
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
    fields[1] = options?.step === undefined ? this.#steps.next() : this.#takeStep(options.step);
    fields[2] = options?.time === undefined ? nowMs : this.#takeTime(options.time, nowMs);
    this.#journal.append(record);
    this.#counters.recordCount += 1;
  }

  /** @param place One warning is enough for all that is left out there; of what the disk refuses, one for all. */
  #leaveOut(path: readonly string[], error: unknown, place = path.join("/")): void {
    this.#counters.droppedValues += 1;
    const kind = storageTrouble(error) ?? `value ${place}`;
    this.#warnings.warn(kind, `"${path.join("/")}" is left out: ${describeLoss(error)}`);
  }

  #takeStep(given: unknown): Json {
    const step = readStep(given);
    if (step !== undefined) return this.#steps.take(step);
    this.#counters.wrongOptions += 1;
    this.#warnings.warn(
      "step",
      `step is ${describeValue(given)}, which is no number that a chart has a place for; the next step is taken instead.`,
    );
    return this.#steps.next();
  }

  #takeTime(given: unknown, nowMs: number): number {
    const time = given instanceof Date ? given.getTime() : given;
    if (typeof time === "number" && Math.abs(time) <= LAST_TIME_MS) return time;
    this.#counters.wrongOptions += 1;
    this.#warnings.warn(
      "time",
      `time is ${describeValue(given)}, which is neither epoch milliseconds nor a date; the present is taken instead.`,
    );
    return nowMs;
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
    return decodeAll(change);
  }

  #setSummary(values: { readonly [key: string]: unknown }): { readonly [key: string]: Value } {
    return decodeAll(
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

  #takeTimeout(options: FinishOptions | undefined): number {
    const given: unknown = options?.timeoutMs;
    if (given === undefined) return FINISH_LIMIT_MS;
    if (typeof given === "number" && given >= 0) return Math.min(given, LONGEST_TIMER_MS);
    this.#warnings.warn(
      "timeout",
      `finish() was given the timeoutMs ${describeValue(given)}; it waits ${FINISH_LIMIT_MS} ms, give a number from 0.`,
    );
    return FINISH_LIMIT_MS;
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

function decodeAll(stored: StoredConfig): { readonly [key: string]: Value } {
  return Object.fromEntries(Object.entries(stored).map(([key, json]) => [key, decodeValue(json)]));
}

/**
 * A run of a page: every call of `log()` is one line of a journal in the
 * browser's own database, and from there goes to a server. The class holds the
 * law that nothing is thrown after `init`; what it uses may throw.
 */

import type { RunId } from "../../protocol/ids.ts";
import type { EventLine } from "../../protocol/journal-line.ts";
import type { RunIdentity, Config as StoredConfig } from "../../protocol/run.ts";
import { isPlainObject, type Value } from "../../protocol/values.ts";
import { describeError, describeLoss, describeValue } from "../describe-value.ts";
import { decodeConfig, encodeConfig } from "../encode-config.ts";
import { GivenOptions } from "../given-options.ts";
import { createNotedValues, type NotedValues } from "../noted-values.ts";
import { RecordEncoder } from "../record-encoder.ts";
import type { AnyMetrics, LogOptions, LogValues, RunStats } from "../run.ts";
import { noTrouble, type RunCounters } from "../run-stats.ts";
import { StepCounter } from "../step-counter.ts";
import type { Warnings } from "../warnings.ts";
import type { BrowserReport, BrowserRun, FinishOptions } from "./browser-run.ts";
import type { KeptJournals } from "./kept-journals.ts";
import { Leftovers } from "./leftovers.ts";
import { LineWriter } from "./line-writer.ts";
import { Outbox } from "./outbox.ts";
import { holdJournal, listenToPage } from "./page-events.ts";
import { type JournalFacts, PageJournal } from "./page-journal.ts";
import { PageMedia } from "./page-media.ts";
import type { ServerRequests } from "./server-requests.ts";
import { SpillingJournals } from "./spilling-journals.ts";

export interface BegunRun {
  readonly run: RunIdentity;
  readonly config: StoredConfig;
  /** Whether the run may be on the server already. */
  readonly resume: "never" | "allow" | "must";
  readonly facts: JournalFacts;
  readonly journals: Promise<KeptJournals>;
  readonly server: ServerRequests;
}

export class PageRun<
  Config extends object = { readonly [key: string]: Value },
  Metrics extends object = AnyMetrics,
> implements BrowserRun<Config, Metrics>
{
  readonly id: RunId;
  readonly name: string;
  readonly project: string;
  readonly config: NotedValues<Config>;
  readonly summary: NotedValues<{ [key: string]: Value }>;
  readonly ready: Promise<void>;
  readonly #server: ServerRequests;
  readonly #journal: PageJournal;
  readonly #lines: LineWriter;
  readonly #media: PageMedia;
  readonly #encoder: RecordEncoder;
  readonly #outbox: Outbox;
  readonly #given: GivenOptions;
  readonly #warnings: Warnings;
  readonly #startedMs = performance.now();
  readonly #counters: RunCounters = { ...noTrouble };
  readonly #leave: () => void;
  #config: StoredConfig;
  #finished: Promise<BrowserReport> | undefined;

  constructor({ run, config, resume, facts, journals, server }: BegunRun, warnings: Warnings) {
    const warn = (kind: string, message: string) => warnings.warn(kind, message);
    this.id = run.id;
    this.name = run.name;
    this.project = run.project;
    this.#server = server;
    this.#warnings = warnings;
    const steps = new StepCounter(undefined, resume !== "never");
    this.#given = new GivenOptions(steps, this.#counters, warnings);
    const own = journals.then((kept) => {
      return new SpillingJournals(kept, (error) => this.#tellKeeping(error));
    });
    this.#journal = new PageJournal({
      facts,
      journals: own,
      onKept: () => this.#outbox.wake(),
      onTrouble: (error) => this.#tellKeeping(error),
    });
    this.#lines = new LineWriter((text) => this.#journal.append(text));
    this.#media = new PageMedia({
      addBlob: (blob) => this.#journal.addBlob(blob),
      onLost: (path, error) => this.#leaveOut(path, error, path[0]),
      warn,
    });
    this.#encoder = new RecordEncoder(
      this.#lines,
      (path, error) => this.#leaveOut(path, error),
      this.#media,
    );
    const { writer } = facts;
    const leftovers = new Leftovers(facts, journals, server, warn);
    const after = leftovers.sendOfRun();
    this.#outbox = new Outbox({
      writer,
      journals: own,
      server,
      until: "whileOpen",
      after,
      warn,
    });
    after.then(() => leftovers.sendAll());
    this.ready = this.#outbox.ready;
    const release = holdJournal(writer);
    const unlisten = listenToPage({
      onLeave: () => this.#journal.keepNow(),
      onOnline: () => this.#outbox.wake(),
    });
    this.#leave = () => {
      unlisten();
      release();
    };
    this.#config = config;
    this.#lines.begin({
      run,
      writer: { id: writer, host: hostOfPage(), pid: 0 },
      time: run.createdAt,
      ...(resume === "never" || Object.keys(config).length > 0 ? { config } : {}),
      ...(resume === "never" ? {} : { resumed: resume === "must" ? "must" : true }),
    });
    this.config = createNotedValues(decodeConfig(config), (values) => this.#setConfig(values));
    this.summary = createNotedValues({}, (values) => this.#setSummary(values));
  }

  log<Given extends object>(values: LogValues<Metrics, Given>, options?: LogOptions): void {
    try {
      this.#log(values, options);
    } catch (error) {
      this.#media.recordLost();
      this.#counters.refusedCalls += 1;
      this.#warnings.warn("log", `a call of log() is not kept (${describeError(error)}).`);
    }
  }

  async flush(): Promise<void> {
    await this.#lines.settled();
    await this.#journal.flush();
  }

  stats(): RunStats {
    const { blobCount, blobBytes } = this.#media;
    return { ...this.#counters, sizeBytes: this.#journal.sizeBytes, blobCount, blobBytes };
  }

  finish(options?: FinishOptions): Promise<BrowserReport> {
    this.#finished ??= this.#finish(this.#given.timeoutMs(options?.timeoutMs));
    return this.#finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }

  #log(values: object, options: LogOptions | undefined): void {
    if (this.#finished !== undefined) {
      this.#counters.lateCalls += 1;
      this.#warnings.warn("late", "log() was called after finish(); the call is not kept.");
      return;
    }
    const isGiven = typeof values === "object" && values !== null;
    const record = isGiven
      ? this.#encoder.encode(values as { readonly [key: string]: unknown })
      : undefined;
    if (record === undefined || (record.set.keys.length === 0 && !isPlainObject(values))) {
      this.#media.recordLost();
      this.#counters.refusedCalls += 1;
      this.#warnings.warn(
        "log",
        `log() was given ${describeValue(values)}; give it an object, e.g. { loss: 0.5 }.`,
      );
      return;
    }
    const { set, fields } = record;
    const nowMs = Date.now();
    fields[1] = this.#given.step(options?.step);
    fields[2] = this.#given.timeMs(options?.time, nowMs);
    this.#lines.append(set, fields, this.#media.takeAwaited());
    this.#media.recordWritten();
    this.#counters.recordCount += 1;
  }

  async #finish(timeoutMs: number): Promise<BrowserReport> {
    const untilMs = performance.now() + timeoutMs;
    const soon = () =>
      new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, untilMs - performance.now())));
    await Promise.race([this.#lines.settled(), soon()]);
    this.#lines.appendEvent({ time: Date.now(), end: { state: "finished" } });
    this.#journal.close();
    await Promise.race([this.#journal.flush(), soon()]);
    this.#outbox.wake();
    const isSent = await Promise.race([
      this.#outbox.done.then(() => true),
      soon().then(() => false),
    ]);
    if (isSent) this.#leave();
    else this.#outbox.done.then(() => this.#leave());
    const unsent = isSent ? undefined : await this.#unsent();
    return {
      project: this.project,
      name: this.name,
      id: this.id,
      durationMs: Math.round(performance.now() - this.#startedMs),
      warnings: this.#warnings.messages,
      ...this.stats(),
      ...(unsent === undefined ? {} : { unsent }),
    };
  }

  async #unsent(): Promise<BrowserReport["unsent"]> {
    const serverUrl = this.#server.url;
    try {
      return { ...(await this.#outbox.unsent()), serverUrl };
    } catch (error) {
      this.#tellKeeping(error);
      // Nobody can say more: of what is not kept as much may be missing there as there is.
      return { bytes: this.#journal.sizeBytes, blobs: this.#media.blobCount, serverUrl };
    }
  }

  /** @param place One warning is enough for all that is left out there. */
  #leaveOut(path: readonly string[], error: unknown, place = path.join("/")): void {
    this.#counters.droppedValues += 1;
    this.#warnings.warn(
      `value ${place}`,
      `"${path.join("/")}" is left out: ${describeLoss(error)}`,
    );
  }

  #tellKeeping(error: unknown): void {
    this.#counters.failedWrites += 1;
    this.#warnings.warn(
      "keeping",
      `the browser does not keep what is logged (${describeError(error)}); it is sent from memory, and what is not sent when the page goes is gone with it.`,
    );
  }

  #setConfig(values: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } {
    return this.#note(values, "config", (encoded) => {
      this.#config = { ...this.#config, ...encoded };
      return { config: this.#config };
    });
  }

  #setSummary(values: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } {
    return this.#note(values, "summary", (summary) => ({ summary }));
  }

  /** Encodes values and keeps what `event` makes of them; gives what is kept. */
  #note(
    values: { readonly [key: string]: unknown },
    place: "config" | "summary",
    event: (encoded: StoredConfig) => Omit<EventLine, "time">,
  ): { readonly [key: string]: unknown } {
    if (this.#finished !== undefined) {
      this.#counters.lateCalls += 1;
      this.#warnings.warn(
        "late",
        `run.${place}.set() was called after finish(); the call is not kept.`,
      );
      return {};
    }
    try {
      const encoded = encodeConfig(values, place, this.#warnings);
      this.#lines.appendEvent({ time: Date.now(), ...event(encoded) });
      return decodeConfig(encoded);
    } catch (error) {
      this.#counters.refusedCalls += 1;
      this.#warnings.warn(
        `refused ${place}`,
        `run.${place}.set() could not read what it was given (${describeError(error)}); it is not kept.`,
      );
      return {};
    }
  }
}

/** For people: where the page came from. */
function hostOfPage(): string {
  const { location } = globalThis as { readonly location?: { readonly host?: string } };
  return `browser ${location?.host ?? ""}`.trim();
}

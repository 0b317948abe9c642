/**
 * What changed, for every page that is open. Changes are merged per project
 * until a page takes them, at most four times a second: a page that is slow, or
 * a script that logs without pause, costs no more memory than a list of runs.
 */

import { randomUUID } from "node:crypto";
import type { ChangeEvent, ReadingEvent } from "../../protocol/api.ts";

/** One run's change; what it leaves out did not change. */
export type RunChange = ChangeEvent["runs"][number];

const SEND_EVERY_MS = 250;
/** A comment keeps proxies from closing a silent connection. */
const KEEP_ALIVE_MS = 25_000;
/** More changed runs than that are told as "read all again". */
const MAX_RUNS_A_CHANGE = 1_000;

export class LiveFeed {
  readonly #boot = randomUUID().slice(0, 8);
  readonly #subscriptions = new Set<LiveSubscription>();
  #sequence = 0;
  /** How far a first reading has come that goes on now. */
  #reading: ReadingEvent | undefined;

  /** How many pages listen. */
  get size(): number {
    return this.#subscriptions.size;
  }

  /** Tells that `runs` of a project changed; without runs, the project itself. */
  publish(project: string, runs: readonly RunChange[]): void {
    this.#sequence += 1;
    for (const subscription of this.#subscriptions) {
      subscription.add(project, runs, this.#cursor);
    }
  }

  /** Tells how far the first reading of a folder has come: each page the newest, and a page that comes later, too. */
  publishReading(reading: ReadingEvent): void {
    this.#reading = reading.done < reading.total ? reading : undefined;
    for (const subscription of this.#subscriptions) subscription.addReading(reading);
  }

  /**
   * @param options.project Only changes of this project.
   * @param options.lastEventId The id of the last event that the page has seen.
   */
  subscribe(options: {
    readonly project?: string | undefined;
    readonly lastEventId?: string | undefined;
  }): LiveSubscription {
    const missed = options.lastEventId !== undefined && options.lastEventId !== this.#cursor;
    const subscription = new LiveSubscription(options.project, this.#cursor, missed, () =>
      this.#subscriptions.delete(subscription),
    );
    this.#subscriptions.add(subscription);
    if (this.#reading !== undefined) subscription.addReading(this.#reading);
    return subscription;
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
  }

  get #cursor(): string {
    return `${this.#boot}-${this.#sequence}`;
  }
}

/** The events of one page, as text of `text/event-stream`. */
export class LiveSubscription {
  readonly #project: string | undefined;
  readonly #onClose: () => void;
  /** By project, then by run; undefined where all of a project changed. */
  readonly #pending = new Map<string, Map<string, RunChange> | undefined>();
  #cursor: string;
  #hello: string | undefined;
  #reading: ReadingEvent | undefined;
  #lastSentMs = 0;
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(project: string | undefined, cursor: string, missed: boolean, onClose: () => void) {
    this.#project = project;
    this.#cursor = cursor;
    this.#onClose = onClose;
    this.#hello = eventText("hello", cursor, { missed });
  }

  add(project: string, runs: readonly RunChange[], cursor: string): void {
    if (this.#project !== undefined && this.#project !== project) return;
    this.#cursor = cursor;
    const known = this.#pending.get(project);
    if (runs.length === 0) this.#pending.set(project, undefined);
    else if (known !== undefined || !this.#pending.has(project)) {
      const merged = known ?? new Map<string, RunChange>();
      for (const run of runs) merged.set(run.id, mergeChange(merged.get(run.id), run));
      this.#pending.set(project, merged.size > MAX_RUNS_A_CHANGE ? undefined : merged);
    }
    this.#wake?.();
  }

  addReading(reading: ReadingEvent): void {
    this.#reading = reading;
    this.#wake?.();
  }

  /** The next text to send; undefined when the subscription is closed. */
  async next(): Promise<string | undefined> {
    if (this.#hello !== undefined) {
      const hello = this.#hello;
      this.#hello = undefined;
      return hello;
    }
    const pauseMs = this.#lastSentMs + SEND_EVERY_MS - performance.now();
    if (pauseMs > 0) await this.#wait(pauseMs, () => this.#isClosed);
    const hasNews = () => this.#pending.size > 0 || this.#reading !== undefined;
    await this.#wait(KEEP_ALIVE_MS, () => this.#isClosed || hasNews());
    if (this.#isClosed) return undefined;
    if (!hasNews()) return ": keep-alive\n\n";
    this.#lastSentMs = performance.now();
    const reading = this.#reading;
    this.#reading = undefined;
    const events = Array.from(this.#pending, ([project, runs]): ChangeEvent => {
      return { project, runs: runs === undefined ? [] : [...runs.values()] };
    });
    this.#pending.clear();
    const texts = events.map((event) => eventText("change", this.#cursor, event));
    if (reading !== undefined) texts.push(eventText("reading", this.#cursor, reading));
    return texts.join("");
  }

  close(): void {
    this.#isClosed = true;
    this.#onClose();
    this.#wake?.();
  }

  /** Until `isDone`, looked at whenever something happens, or for `ms`. */
  #wait(ms: number, isDone: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(finish, ms);
      this.#wake = () => {
        if (isDone()) finish();
      };
      this.#wake();
    });
  }
}

function mergeChange(before: RunChange | undefined, change: RunChange): RunChange {
  if (before === undefined) return change;
  const step = lower(before.step, change.step);
  const time = lower(before.time, change.time);
  return {
    id: change.id,
    ...(step === undefined ? {} : { step }),
    ...(time === undefined ? {} : { time }),
    newKeys: before.newKeys || change.newKeys,
    ...(before.media || change.media ? { media: true } : {}),
    facts: before.facts || change.facts,
  };
}

function lower(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

function eventText(name: string, id: string, data: unknown): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

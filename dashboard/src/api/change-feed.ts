/**
 * What the server tells by itself: one event stream a project, open only while
 * the page can be seen. A broken stream is opened again after 1, 2, 4, … up to
 * 15 seconds; what happened in between is for the caller to read anew.
 */

import type { ChangeEvent, ReadingEvent } from "../../../src/protocol/api.ts";
import { apiUrl } from "./client.ts";

export interface ChangeFeedEvents {
  /** The stream stands: for the first time, or again after it was broken or the page was hidden. */
  open(): void;
  change(event: ChangeEvent): void;
  /** How far the first reading of the folder has come. */
  reading(event: ReadingEvent): void;
  /** The stream broke and is being tried again. */
  lost(): void;
}

const LONGEST_PAUSE_MS = 15_000;

export class ChangeFeed {
  readonly #url: URL;
  readonly #events: ChangeFeedEvents;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauseMs = 1000;

  constructor(project: string | undefined, events: ChangeFeedEvents) {
    this.#url = apiUrl("events");
    if (project !== undefined) this.#url.searchParams.set("project", project);
    this.#events = events;
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#onVisibility();
  }

  /** Tries at once, instead of after the pause. */
  retry(): void {
    if (this.#source?.readyState === EventSource.OPEN || document.hidden) return;
    this.#stop();
    this.#start();
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#stop();
  }

  #start(): void {
    const source = new EventSource(this.#url);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#pauseMs = 1000;
      this.#events.open();
    });
    source.addEventListener("change", (message: MessageEvent<string>) => {
      const change = parseChange(message.data);
      if (change) this.#events.change(change);
    });
    source.addEventListener("reading", (message: MessageEvent<string>) => {
      const reading = parseReading(message.data);
      if (reading) this.#events.reading(reading);
    });
    source.addEventListener("error", () => {
      source.close();
      if (this.#source !== source) return;
      this.#source = undefined;
      this.#events.lost();
      this.#timer = setTimeout(() => this.#start(), this.#pauseMs);
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    });
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #onVisibility = (): void => {
    if (document.hidden) this.#stop();
    else if (this.#source === undefined) this.#start();
  };
}

function parseReading(data: string): ReadingEvent | undefined {
  try {
    const { done, total } = JSON.parse(data) as Partial<ReadingEvent>;
    return typeof done === "number" && typeof total === "number" ? { done, total } : undefined;
  } catch {
    // As with changes.
    return undefined;
  }
}

/** A line that is no change is passed over: a newer server may say more than this page knows. */
function parseChange(data: string): ChangeEvent | undefined {
  try {
    const value = JSON.parse(data) as Partial<ChangeEvent>;
    return Array.isArray(value.runs) ? (value as ChangeEvent) : undefined;
  } catch {
    return undefined;
  }
}

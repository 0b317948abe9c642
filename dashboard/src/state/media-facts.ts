/**
 * Which pictures, videos, sounds and tables the runs shown have, key by key, kept
 * true by what the server tells: read again only where a run logged media, and
 * then said from which step on, so that whoever looks at earlier steps does nothing.
 */

import { type Accessor, batch, createSignal } from "solid-js";
import type { ChangeEvent, MediaTable } from "../../../src/protocol/api.ts";
import type { MediaKind } from "../../../src/protocol/media.ts";
import { fetchMedia, ReadError } from "../api/client.ts";
import { sameList } from "./same-list.ts";

/** What a run has under a key. */
export interface MediaOfRun {
  readonly run: string;
  readonly itemCount: number;
  readonly stepCount: number;
  /** Items of the step that has most. */
  readonly mostAtOnce: number;
  readonly firstStep: number;
  readonly lastStep: number;
}

/** A key that holds media of one kind; the same key may hold another kind too. */
export interface KeyedMedia {
  readonly key: string;
  readonly kind: MediaKind;
  /** In the order in which the runs were asked for; those without it are left out. */
  readonly runs: readonly MediaOfRun[];
}

/** What changed with the last read: runs, and the lowest step of each that may be new. */
export type MediaChange = ReadonlyMap<string, number>;

/** More runs than this the server refuses in one question. */
const MOST_RUNS = 10_000;
/** Changes of so long are gathered into one read; longer where reads take long. */
const GATHER_MS = 800;
const READ_SHARE = 5;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;

export class MediaFacts {
  readonly project: string;
  /** By key as first logged; undefined until they are there. */
  readonly keys: Accessor<readonly KeyedMedia[] | undefined>;
  readonly lastChange: Accessor<MediaChange>;
  /** Why they could not be read. */
  readonly error: Accessor<string | undefined>;

  readonly #setKeys: (keys: readonly KeyedMedia[], change: MediaChange) => void;
  readonly #setError: (error: string | undefined) => void;
  readonly #offline: () => void;
  #call = new AbortController();
  #wanted: readonly string[] = [];
  #changed = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tookMs = 0;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(project: string, offline: () => void) {
    this.project = project;
    this.#offline = offline;
    const [keys, setKeys] = createSignal<readonly KeyedMedia[] | undefined>();
    const [lastChange, setLastChange] = createSignal<MediaChange>(new Map());
    const [error, setError] = createSignal<string | undefined>();
    this.keys = keys;
    this.lastChange = lastChange;
    this.error = error;
    this.#setKeys = (value, change) =>
      batch(() => {
        setKeys(value);
        setError(undefined);
        if (change.size > 0) setLastChange(change);
      });
    this.#setError = (value) => setError(value);
  }

  /** From now on it is about these runs. */
  want(runs: readonly string[]): void {
    if (sameList(runs, this.#wanted) && this.keys() !== undefined) return;
    this.#wanted = runs.slice(0, MOST_RUNS);
    void this.#read();
  }

  change(event: ChangeEvent): void {
    const wanted = new Set(this.#wanted);
    for (const { id, media, step } of event.runs) {
      if (media !== true || !wanted.has(id)) continue;
      const from = step ?? Number.NEGATIVE_INFINITY;
      this.#changed.set(id, Math.min(from, this.#changed.get(id) ?? from));
    }
    if (this.#changed.size > 0) this.#readLater(Math.max(GATHER_MS, this.#tookMs * READ_SHARE));
  }

  /** Nothing that is held can be trusted, e.g. after the page was hidden. */
  readAnew(): void {
    for (const run of this.#wanted) this.#changed.set(run, Number.NEGATIVE_INFINITY);
    void this.#read();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#call.abort();
  }

  #readLater(afterMs: number): void {
    this.#timer ??= setTimeout(() => void this.#read(), afterMs);
  }

  async #read(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#call.abort();
    const runs = this.#wanted;
    if (runs.length === 0) {
      this.#setKeys([], new Map());
      return;
    }
    this.#call = new AbortController();
    const { signal } = this.#call;
    // From here on a change is a change to what is being read.
    const changed = this.#changed;
    this.#changed = new Map();
    const beganAt = performance.now();
    try {
      const table = await fetchMedia(this.project, runs, signal);
      if (signal.aborted) return this.#keepChanges(changed);
      this.#tookMs = performance.now() - beganAt;
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#setKeys(keyedMedia(table, runs), changed);
    } catch (error) {
      this.#keepChanges(changed);
      if (!signal.aborted) this.#fail(error);
    }
  }

  #keepChanges(changed: MediaChange): void {
    for (const [run, step] of changed) {
      this.#changed.set(run, Math.min(step, this.#changed.get(run) ?? step));
    }
  }

  /** What is shown stays; a server that is away is told once by the page, and asked again when its stream stands. */
  #fail(error: unknown): void {
    if (error instanceof ReadError && error.isOffline) {
      this.#offline();
      return;
    }
    this.#setError(error instanceof Error ? error.message : String(error));
    this.#readLater(this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }
}

function keyedMedia({ media }: MediaTable, runs: readonly string[]): KeyedMedia[] {
  return media.map(({ key, kind, ...of }) => ({
    key,
    kind,
    runs: of.runs.map((index, i) => ({
      run: runs[index]!,
      itemCount: of.itemCount[i]!,
      stepCount: of.stepCount[i]!,
      mostAtOnce: of.mostAtOnce[i]!,
      firstStep: of.firstStep[i]!,
      lastStep: of.lastStep[i]!,
    })),
  }));
}

/** How an address calls a key, and what tells it from others: the same key may hold two kinds. */
export function mediaName({ key, kind }: Pick<KeyedMedia, "key" | "kind">): string {
  return kind === "image" ? key : `${key} ${kind}`;
}

/** Whether what is shown of `step` may have changed. */
export function touches(change: MediaChange, step: number, runs: readonly string[]): boolean {
  return runs.some((run) => (change.get(run) ?? Number.POSITIVE_INFINITY) <= step);
}

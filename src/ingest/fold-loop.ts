/**
 * Folds for as long as a server runs: what is logged is in the store, and
 * told, within about 300 ms; what nobody logs costs a few `stat`s a second.
 *
 * It looks instead of being called by the file system: a few `stat`s of each
 * living journal a second cost less than an event for each `log()`, and see
 * what is written on network file systems too.
 */

import type { DataFolder } from "../journal/data-folder.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { ProjectKey } from "../protocol/ids.ts";
import { PROJECT_RUN } from "../protocol/run.ts";
import type { Store } from "../store/store.ts";
import { CatalogueWatch } from "./catalogue-watch.ts";
import type { FoldChange, SkippedJournal } from "./fold-report.ts";
import { Folder } from "./folder.ts";
import { PendingMedia } from "./pending-media.ts";
import { RunWatch } from "./run-watch.ts";
import { followTrackioFolder } from "./trackio-folder/follow-trackio-folder.ts";
import type { TrackioFolder } from "./trackio-folder/trackio-folder.ts";

/** What a fold loop tells. */
export type FoldNews =
  | { readonly news: "changes"; readonly changes: readonly FoldChange[] }
  /** All of the project is to be read again: others changed it. */
  | { readonly news: "project"; readonly project: ProjectKey }
  /** Runs that run now, by project. */
  | { readonly news: "running"; readonly counts: { readonly [project: string]: number } }
  /** Rows read of what Trackio for Python wrote here before; at the end `done` is `total`. */
  | { readonly news: "reading"; readonly done: number; readonly total: number }
  | { readonly news: "skipped"; readonly journal: SkippedJournal }
  | { readonly news: "trouble"; readonly message: string };

/** All that stood on disk when this was asked for is in the store. */
export interface CaughtUp {
  readonly news: "caught up";
  readonly request: number;
}

/** Between two turns. What is logged in between is folded together, and told together. */
const PAUSE_MS = 100;
/** A turn that folded so much has a script behind it that logs without pause, and the next follows at once. */
const FLOOD_BYTES = 256 * 1024;
const STATUS_EVERY_MS = 1_000;
const TIDY_EVERY_MS = 2_000;
const PENDING_MEDIA_EVERY_MS = 1_000;
const QUIET_AFTER_MS = 500;
const COMPACT_EVERY_MS = 2_000;
/** Short enough that what is logged meanwhile is not late. */
const COMPACT_BUDGET_MS = 40;
const TROUBLE_PAUSE_MS = 2_000;
/** What of a turn goes to reading what Trackio for Python wrote here; journals have theirs first. */
const READING_BUDGET_MS = 60;
const TELL_READING_EVERY_MS = 200;
/** Who asks for all that stands on disk when the loop has just begun waits for a first reading, too, but no longer. */
const READING_WAIT_MS = 1_500;

export class FoldLoop {
  readonly #store: Store;
  readonly #folder: Folder;
  readonly #trackio: TrackioFolder;
  readonly #runs: RunWatch;
  readonly #catalogue: CatalogueWatch;
  readonly #pendingMedia: PendingMedia;
  readonly #tell: (news: FoldNews | CaughtUp) => void;
  readonly #due = new Map<string, number>();
  readonly #toldSkipped = new Set<string>();
  #changes: FoldChange[] = [];
  #toldRunning = "{}";
  #mayCompact = true;
  #lastFoldMs = 0;
  #lastCompactMs = 0;
  #toldReading = { done: 0, total: 0 };
  readonly #readingUntilMs = performance.now() + READING_WAIT_MS;
  /** Who waits for what stands on disk now. */
  #requests: number[] = [];
  /** Ends the pause between two turns. */
  #wake: () => void = () => undefined;

  constructor(folder: DataFolder, store: Store, tell: (news: FoldNews | CaughtUp) => void) {
    this.#store = store;
    this.#tell = tell;
    const onChange = (change: FoldChange) => void this.#changes.push(change);
    this.#folder = new Folder(folder, store, { onChange });
    this.#trackio = followTrackioFolder(folder, store, onChange);
    this.#runs = new RunWatch(folder, store, Date.now);
    this.#catalogue = new CatalogueWatch(store);
    this.#pendingMedia = new PendingMedia(folder, (message) => tell({ news: "trouble", message }));
  }

  /**
   * Until `signal` is aborted. Trouble is told, and tried again after a while.
   * @throws {@link TrackioError} `unavailable` where the store itself is gone.
   */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#run(signal);
    } finally {
      await this.#pendingMedia.close();
      await this.#trackio.close();
    }
  }

  /** Folds what stands on disk now without a pause, and tells so by that number. */
  catchUp(request: number): void {
    this.#requests.push(request);
    this.#wake();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let hasBegun = false;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
    while (!signal.aborted) {
      let pauseMs: number;
      try {
        if (!hasBegun) await this.#runs.begin();
        hasBegun = true;
        pauseMs = await this.#turn(signal);
      } catch (error) {
        this.#tell({
          news: "trouble",
          message: error instanceof Error ? error.message : String(error),
        });
        // No store any more: whoever began the loop opens it anew.
        if (error instanceof TrackioError && error.code === "unavailable") throw error;
        pauseMs = TROUBLE_PAUSE_MS;
      }
      // Also where more waits: messages and the abort itself must get through.
      await this.#pause(pauseMs, signal);
    }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (signal.aborted || (this.#requests.length > 0 && ms < TROUBLE_PAUSE_MS))
        setImmediate(this.#wake);
    });
  }

  /** One turn; how long to pause after it is told. */
  async #turn(signal: AbortSignal): Promise<number> {
    const requests = this.#requests;
    this.#requests = [];
    this.#folder.look();
    const { bytes, more } = await this.#folder.foldOnce({ withCold: requests.length > 0 });
    const reading = await this.#trackio.turn(READING_BUDGET_MS);
    await this.#tellChanges();
    this.#tellReading();
    const isBehind = more || (reading.more && performance.now() < this.#readingUntilMs);
    if (isBehind) this.#requests.unshift(...requests);
    else for (const request of requests) this.#tell({ news: "caught up", request });
    if (bytes > 0 || reading.rows > 0) {
      this.#mayCompact = true;
      this.#lastFoldMs = performance.now();
    }
    const isBusy = more || reading.more || bytes >= FLOOD_BYTES;
    if (this.#isDue("status", STATUS_EVERY_MS)) this.#lookAtRuns();
    if (this.#isDue("tidy", TIDY_EVERY_MS)) await this.#tidy();
    if (this.#isDue("pending media", PENDING_MEDIA_EVERY_MS)) await this.#pendingMedia.look();
    const isCompacting = await this.#compact(signal);
    return isBusy || isCompacting ? 0 : PAUSE_MS;
  }

  /** Of a reading that takes longer than a moment. */
  #tellReading(): void {
    const { done, total } = this.#trackio.progress;
    const told = this.#toldReading;
    const isEnd = done === total && told.done < told.total;
    const isDue = done < total && this.#isDue("reading", TELL_READING_EVERY_MS);
    if (!isEnd && !isDue) return;
    this.#toldReading = { done, total };
    this.#tell({ news: "reading", done, total });
  }

  async #tellChanges(): Promise<void> {
    const all = this.#changes;
    this.#changes = [];
    const changes: FoldChange[] = [];
    for (const change of all) {
      const { project, run } = change;
      this.#catalogue.touch(project);
      if (run === PROJECT_RUN) continue;
      const facts = change.facts || this.#runs.isIdle(project, run);
      if (facts) await this.#runs.refresh(project, run);
      changes.push({ ...change, facts });
    }
    // Before the changes: who hears of them asks at once how many runs run.
    this.#tellRunning();
    if (changes.length > 0) this.#tell({ news: "changes", changes });
    const ofProjects = all.filter(({ run }) => run === PROJECT_RUN);
    for (const project of new Set(ofProjects.map((change) => change.project))) {
      this.#tell({ news: "project", project });
    }
    if (changes.some(({ facts }) => facts)) await this.#lookAtCatalogue();
  }

  async #lookAtCatalogue(): Promise<void> {
    for (const project of await this.#catalogue.look()) {
      await this.#runs.begin();
      this.#tellRunning();
      this.#tell({ news: "project", project });
    }
  }

  #lookAtRuns(): void {
    const changes = this.#runs
      .look()
      .map((run) => ({ project: run.projectKey, run: run.id, newKeys: false, facts: true }));
    this.#tellRunning();
    if (changes.length > 0) this.#tell({ news: "changes", changes });
  }

  #tellRunning(): void {
    const counts = this.#runs.runningCounts();
    const text = JSON.stringify(counts);
    if (text !== this.#toldRunning) this.#tell({ news: "running", counts });
    this.#toldRunning = text;
  }

  async #tidy(): Promise<void> {
    await this.#folder.tidy();
    await this.#lookAtCatalogue();
    for (const journal of [...this.#folder.report.skipped, ...this.#trackio.skipped]) {
      if (this.#toldSkipped.has(journal.source)) continue;
      this.#toldSkipped.add(journal.source);
      this.#tell({ news: "skipped", journal });
    }
  }

  /** All the time while nobody logs, and a little now and then while somebody does. True while there is more to do. */
  async #compact(signal: AbortSignal): Promise<boolean> {
    if (!this.#mayCompact || signal.aborted) return false;
    const now = performance.now();
    const isQuiet = now - this.#lastFoldMs > QUIET_AFTER_MS;
    if (!isQuiet && now - this.#lastCompactMs < COMPACT_EVERY_MS) return false;
    this.#mayCompact = await this.#store.compact(COMPACT_BUDGET_MS);
    this.#lastCompactMs = performance.now();
    return isQuiet && this.#mayCompact;
  }

  #isDue(what: string, everyMs: number): boolean {
    const now = performance.now();
    if (now - (this.#due.get(what) ?? Number.NEGATIVE_INFINITY) < everyMs) return false;
    this.#due.set(what, now);
    return true;
  }
}

/**
 * The journals that this process has open for Trackio clients: one for each run
 * and lane that was logged to lately.
 *
 * Laws: at most 256 files are open, however many runs log at once; what was
 * written is on the disk itself within a second, and nobody waits for that, but
 * what comes for the same journal as that begins, up to 250 ms; a journal ends
 * with `closed` after a minute of silence or 64 MB, so that it can be removed once
 * it is folded, and its run goes on in the next one; however many runs begin at
 * once, others have their turns between them.
 */

import { setTimeout as delay, setImmediate as turnOfOthers } from "node:timers/promises";
import type { DataFolder } from "../../journal/data-folder.ts";
import { isMissing } from "../../journal/file-errors.ts";
import { inTurn } from "../../journal/in-turn.ts";
import { JournalWriter } from "../../journal/journal-writer.ts";
import { makeProjectLane } from "../../journal/make-project.ts";
import { isMarkedDeleted } from "../../journal/run-head.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import { type Config, type Lane, PROJECT_RUN } from "../../protocol/run.ts";
import { OpenJournal } from "./open-journal.ts";
import { type NamedRun, type OpenRun, openRun, takeConfig } from "./open-run.ts";

const MAX_OPEN = 256;
/** Runs of which identity and settings are remembered; one more costs a small file read. */
const MAX_RUNS = 10_000;
const SILENCE_MS = 60_000;
const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;
const SYNC_INTERVAL_MS = 800;
/** As a sync begins, ext4 finds room on the disk for what is new, and lets a write to that file wait so long, and with it the thread: 10 ms and more. */
const HELD_MS = 250;
/** Of the four threads in which Node reads and writes files. */
const MAX_SYNCERS = 2;

export interface OpenJournalsOptions {
  readonly now?: () => number;
  /** Takes what the disk refuses when nobody waits for it. */
  readonly onTrouble: (error: unknown) => void;
  readonly maxOpen?: number;
  readonly silenceMs?: number;
  readonly maxJournalBytes?: number;
}

export class OpenJournals {
  readonly #folder: DataFolder;
  readonly #options: OpenJournalsOptions;
  readonly #now: () => number;
  /** By project, run and lane. */
  readonly #journals = new Map<string, OpenJournal>();
  /** Those whose files are open; the one used last stands last. */
  readonly #unparked = new Set<OpenJournal>();
  readonly #runs = new Map<string, OpenRun>();
  /** Journals that wait for their turn. */
  readonly #beginning = new Map<string, Promise<OpenJournal | undefined>>();
  /** What waits for being brought to the disk, and what is being brought there. */
  readonly #unsynced = new Set<OpenJournal>();
  readonly #syncing = new Set<Promise<void>>();
  #syncers = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: DataFolder, options: OpenJournalsOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The journal of that run and lane where one can be written to at once. */
  find({ projectKey, id }: NamedRun, lane: Lane | undefined): OpenJournal | undefined {
    return this.#find(keyOf(projectKey, id, lane));
  }

  /**
   * The journal of that run and lane, begun where there is none, as soon as it can be written to.
   * @param config What the client says of the run's configuration, for a run that is new.
   * @returns undefined where the run was deleted.
   */
  async open(
    named: NamedRun,
    lane: Lane | undefined,
    config?: Config,
  ): Promise<OpenJournal | undefined> {
    const key = keyOf(named.projectKey, named.id, lane);
    return await this.#open(key, () => this.#begin(named, lane, config));
  }

  /** The journal of what belongs to a project without a run. */
  async openProject(projectKey: ProjectKey, project: string): Promise<OpenJournal> {
    const key = keyOf(projectKey, PROJECT_RUN, "project");
    return await this.#open(key, () => this.#beginProject(projectKey, project));
  }

  /** The journals of the run end here, e.g. since it is about to be deleted. */
  release(projectKey: string, id: string): void {
    this.#runs.delete(`${projectKey}\0${id}`);
    for (const lane of [undefined, "system"] as const) {
      const key = keyOf(projectKey, id, lane);
      const known = this.#journals.get(key);
      if (known !== undefined) this.#end(key, known);
    }
  }

  /** Brings what was written to the disk, and ends what has been silent. */
  tick(): void {
    const silentBefore = this.#now() - (this.#options.silenceMs ?? SILENCE_MS);
    for (const [key, open] of [...this.#journals]) {
      if (open.writtenAtMs <= silentBefore) this.#end(key, open);
      else if (open.isDirty) this.#unsynced.add(open);
    }
    while (this.#syncers < MAX_SYNCERS && this.#unsynced.size > 0) void this.#syncAll();
  }

  /** Ends all journals and returns when they are on the disk. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled(this.#beginning.values());
    // Who waited for them writes first.
    await turnOfOthers();
    for (const [key, open] of [...this.#journals]) this.#end(key, open);
    await Promise.all(this.#syncing);
  }

  #find(key: string): OpenJournal | undefined {
    const known = this.#journals.get(key);
    if (known === undefined || known.held !== undefined) return undefined;
    if (!this.#isOver(known)) return this.#use(known);
    this.#end(key, known);
    return undefined;
  }

  /** Those who wait for the same one go on in the order in which they came. */
  async #open<Opened extends OpenJournal | undefined>(
    key: string,
    begin: () => Opened,
  ): Promise<OpenJournal | Opened> {
    for (;;) {
      const held = this.#journals.get(key)?.held;
      if (held === undefined) break;
      await held;
    }
    return this.#find(key) ?? (await this.#beginInTurn(key, begin));
  }

  #beginInTurn<Opened extends OpenJournal | undefined>(
    key: string,
    begin: () => Opened,
  ): Promise<Opened> {
    const known = this.#beginning.get(key);
    if (known !== undefined) return known as Promise<Opened>;
    const beginning = inTurn(() => {
      const opened = begin();
      if (opened !== undefined) this.#add(key, opened);
      return opened;
    }).finally(() => this.#beginning.delete(key));
    this.#beginning.set(key, beginning);
    return beginning;
  }

  #begin(named: NamedRun, lane: Lane | undefined, config?: Config): OpenJournal | undefined {
    for (let isSecond = false; ; isSecond = true) {
      const run = this.#findRun(named, config);
      if (run === undefined) return undefined;
      const time = this.#now();
      // Before its header is written, which tells the run's group.
      if (config !== undefined) takeConfig(this.#folder, run, config);
      try {
        const header = { run: run.identity, time, ...(lane !== undefined && { lane }) };
        return new OpenJournal(run, JournalWriter.create(this.#folder, header), time);
      } catch (error) {
        if (isSecond || !isMissing(error)) throw error;
        // Its folder was taken away since it was remembered.
        this.#runs.delete(`${named.projectKey}\0${named.id}`);
      }
    }
  }

  #beginProject(projectKey: ProjectKey, project: string): OpenJournal {
    const nowMs = this.#now();
    const identity = makeProjectLane(this.#folder, { projectKey, project }, nowMs);
    const run: OpenRun = { identity, hasSettings: false, lastMicros: 0 };
    const header = { run: identity, time: nowMs, lane: "project" } as const;
    return new OpenJournal(run, JournalWriter.create(this.#folder, header), nowMs);
  }

  #findRun(named: NamedRun, config: Config | undefined): OpenRun | undefined {
    const key = `${named.projectKey}\0${named.id}`;
    const known = this.#runs.get(key);
    this.#runs.delete(key);
    const isDeleted = isMarkedDeleted(this.#folder, named.projectKey, named.id);
    const run = isDeleted
      ? undefined
      : (known ?? openRun(this.#folder, named, config, this.#now()));
    if (run === undefined) return undefined;
    this.#runs.set(key, run);
    if (this.#runs.size > MAX_RUNS) this.#runs.delete(this.#runs.keys().next().value!);
    return run;
  }

  /** Whether nothing can be added to it: it is full, or was removed with its run. */
  #isOver({ journal, run }: OpenJournal): boolean {
    if (journal.sizeBytes >= (this.#options.maxJournalBytes ?? MAX_JOURNAL_BYTES)) return true;
    if (!journal.isGone) return false;
    // Whoever removed the file removed the head with it.
    const { projectKey, id } = run.identity;
    this.#runs.delete(`${projectKey}\0${id}`);
    return true;
  }

  #add(key: string, opened: OpenJournal): void {
    this.#journals.set(key, opened);
    this.#timer ??= setInterval(() => this.tick(), SYNC_INTERVAL_MS).unref();
    this.#use(opened);
  }

  /** Gives the files back that were used longest ago, where they are too many. */
  #use(open: OpenJournal): OpenJournal {
    this.#unparked.delete(open);
    this.#unparked.add(open);
    for (const oldest of this.#unparked) {
      if (this.#unparked.size <= (this.#options.maxOpen ?? MAX_OPEN)) break;
      this.#sync(oldest);
      oldest.journal.park();
      this.#unparked.delete(oldest);
    }
    return open;
  }

  #end(key: string, open: OpenJournal): void {
    this.#journals.delete(key);
    if (!open.journal.isGone) {
      try {
        open.addEvent({ closed: true, time: this.#now() });
        open.write(this.#now());
      } catch (error) {
        this.#options.onTrouble(error);
      }
      this.#sync(open);
    }
    open.journal.close();
    this.#unparked.delete(open);
  }

  /** One after the other: the disk may be slow, and others wait for the same few threads. */
  async #syncAll(): Promise<void> {
    this.#syncers += 1;
    for (const open of this.#unsynced) {
      this.#unsynced.delete(open);
      await this.#sync(open);
    }
    this.#syncers -= 1;
  }

  #sync(open: OpenJournal): Promise<void> {
    if (!open.isDirty) return Promise.resolve();
    open.isDirty = false;
    const done = open.journal
      .syncLater()
      .catch((error: unknown) => {
        open.isDirty = true;
        this.#options.onTrouble(error);
      })
      .finally(() => this.#syncing.delete(done));
    this.#syncing.add(done);
    const held = Promise.race([done, delay(HELD_MS, undefined, { ref: false })]).finally(() => {
      if (open.held === held) open.held = undefined;
    });
    open.held = held;
    return done;
  }
}

function keyOf(projectKey: string, id: string, lane: Lane | undefined): string {
  return `${projectKey}\0${id}\0${lane ?? ""}`;
}

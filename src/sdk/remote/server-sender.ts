/**
 * Sends the journals that go to one server, and the blobs that they name: the
 * lines of all in turn, some side by side, blobs beside them, each with a pause
 * of its own after trouble. New ones go one after the other: a server numbers
 * runs as they come.
 *
 * Laws: it never gives up, since what is not sent stays on disk; it never holds
 * more than a piece of a file in memory; nothing here throws.
 */

import { BlobFolder } from "../../media/blob-folder.ts";
import { steadyMs } from "../steady-clock.ts";
import { BackOff } from "./back-off.ts";
import { type BlobProgress, OutgoingBlobs } from "./outgoing-blobs.ts";
import { type JournalRoute, OutgoingJournal, type Refusal } from "./outgoing-journal.ts";
import { SendTrouble } from "./send-trouble.ts";
import { ServerConnection } from "./server-connection.ts";

/** What of some journals the server does not have. */
export interface Unsent {
  readonly bytes: number;
  readonly blobs: number;
}

/** Told as it comes; must not throw. */
export interface SenderNews {
  /** The server has the journal's run. */
  readonly onReady?: (path: string) => void;
  /** There is nothing more to do for the journal: all is there, it is gone from here, or the server refused it for good. */
  readonly onSettled?: (path: string, refusal: Refusal | undefined) => void;
  /** What a person should know; `attempts` in a row had the same fate. `path`: of the journal, where it is trouble of no other. */
  readonly onTrouble?: (trouble: SendTrouble, attempts: number, path?: string) => void;
  /** The server answers. */
  readonly onWell?: () => void;
  readonly onBytes?: (sizeBytes: number) => void;
}

export interface SenderOptions {
  readonly signIntervalMs: number;
  readonly news?: SenderNews;
  readonly now?: () => number;
  /** Whether the process may end during a pause. Default false. */
  readonly isBackground?: boolean;
}

interface Sent {
  readonly journal: OutgoingJournal;
  readonly blobs: OutgoingBlobs;
}

/** After trouble of one journal. */
interface OwnPause {
  readonly backOff: BackOff;
  failedAtMs: number;
  pauseMs: number;
}

/** What came of one attempt: whether it moved anything, or why it could not. */
type Outcome = { readonly hasMoved: boolean } | { readonly trouble: SendTrouble };

/** How soon after `log()` a line goes: what is looked for is the size of a file. */
const LOOK_EVERY_MS = 200;
const LOOK_EVERY_MS_IN_HURRY = 20;
/** While somebody waits, no pause after trouble is longer. */
const LONGEST_PAUSE_MS_IN_HURRY = 500;
/** Each waits for the disk there, and for the way. */
const SIDE_BY_SIDE = 4;

export class ServerSender {
  readonly #connection: ServerConnection;
  readonly #options: SenderOptions;
  readonly #news: SenderNews;
  readonly #now: () => number;
  readonly #journals = new Map<string, Sent>();
  readonly #wakers = new Set<() => void>();
  #isRunning = false;
  #isClosed = false;
  #hurriedUntilMs = 0;

  constructor(serverUrl: string, token: string | undefined, options: SenderOptions) {
    this.#connection = new ServerConnection(serverUrl, token);
    this.#options = options;
    this.#news = options.news ?? {};
    this.#now = options.now ?? Date.now;
  }

  /** Journals on their way. */
  get paths(): readonly string[] {
    return [...this.#journals.keys()];
  }

  /** From now on another token. */
  useToken(token: string | undefined): void {
    if (token === undefined || token === this.#connection.token) return;
    this.#connection.token = token;
    this.#wake();
  }

  add(route: JournalRoute, { isOpen }: { readonly isOpen: boolean }): void {
    if (this.#journals.has(route.path)) return;
    const journal = new OutgoingJournal(route, { isOpen, nowMs: this.#now() });
    const progress: BlobProgress = {
      onSent: (sizeBytes) => this.#news.onBytes?.(sizeBytes),
      onRefused: (message) => this.#news.onTrouble?.(new SendTrouble("too-large", message), 1),
    };
    const blobs = new OutgoingBlobs(journal, BlobFolder.at(route.root), progress);
    this.#journals.set(route.path, { journal, blobs });
    this.#run();
    this.#wake();
  }

  /** No more will be written to the journal. */
  end(path: string): void {
    const sent = this.#journals.get(path);
    if (sent === undefined || !sent.journal.isOpen) return;
    sent.journal.isOpen = false;
    this.#wake();
  }

  /** Somebody waits until then: pauses are short. */
  hurry(untilMs: number): void {
    this.#hurriedUntilMs = Math.max(this.#hurriedUntilMs, untilMs);
    this.#wake();
  }

  /** Whether nothing of the journal can be sent before a person does something, or for long. */
  isStuck(path: string): boolean {
    const sent = this.#journals.get(path);
    return sent === undefined || (sent.journal.isAllSent && sent.blobs.isStuck);
  }

  /** What of these journals the server does not have, as far as is known here. */
  left(paths: readonly string[]): Unsent {
    let bytes = 0;
    let blobs = 0;
    for (const path of paths) {
      const sent = this.#journals.get(path);
      if (sent === undefined) continue;
      // What cannot be read just now is not counted.
      attempt(() => {
        bytes += Math.max(0, (sent.journal.sizeBytes() ?? 0) - sent.journal.sentBytes);
        blobs += sent.blobs.countLeft();
      });
    }
    return { bytes, blobs };
  }

  /** Ends what goes on; nothing is lost, another sender goes on where the server says. */
  close(): void {
    this.#isClosed = true;
    this.#connection.close();
    this.#wake();
    for (const { journal } of this.#journals.values()) {
      attempt(() => journal.mark(this.#now(), { isNow: true }));
    }
  }

  #run(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    void this.#repeat((sent) => this.#sendLines(sent), SIDE_BY_SIDE);
    // Those of one journal go side by side; lines find a connection beside them.
    void this.#repeat((sent) => sent.blobs.send(this.#connection, this.#now()), 1);
  }

  /** Does `work` for all journals in turn, as long as this sender is open; `work` says whether it moved anything. */
  async #repeat(work: (sent: Sent) => Promise<boolean>, sideBySide: number): Promise<void> {
    const backOff = new BackOff();
    const pauses = new Map<Sent, OwnPause>();
    let isUnwell = false;
    while (!this.#isClosed) {
      if (this.#journals.size === 0) await this.#added();
      let hasMoved = false;
      let pauseMs: number | undefined;
      for (const group of this.#groups(pauses, sideBySide)) {
        if (this.#isClosed) return;
        const outcomes = await Promise.all(group.map((sent) => this.#attempt(work, sent)));
        let common: SendTrouble | undefined;
        for (const [at, outcome] of outcomes.entries()) {
          const sent = group[at]!;
          if ("hasMoved" in outcome) {
            hasMoved ||= outcome.hasMoved;
            pauses.delete(sent);
          } else if (outcome.trouble.isOfOneRequest) this.#pauseOne(pauses, sent, outcome.trouble);
          else common = outcome.trouble;
        }
        if (common === undefined) continue;
        pauseMs = backOff.next();
        this.#news.onTrouble?.(common, backOff.failures);
        break;
      }
      for (const sent of pauses.keys()) if (!this.#isOnItsWay(sent)) pauses.delete(sent);
      if (pauseMs === undefined) backOff.succeeded();
      const isWell = pauseMs === undefined && pauses.size === 0;
      if (isWell && isUnwell) this.#news.onWell?.();
      isUnwell = !isWell;
      if (pauseMs !== undefined || !hasMoved) await this.#pause(pauseMs);
    }
  }

  /** Journals that are due, in turn: new ones alone, others some at once. */
  *#groups(pauses: ReadonlyMap<Sent, OwnPause>, sideBySide: number): Generator<Sent[]> {
    let group: Sent[] = [];
    for (const sent of [...this.#journals.values()]) {
      const pause = pauses.get(sent);
      if (pause !== undefined && this.#isPaused(pause)) continue;
      const { isKnownThere, sentBytes } = sent.journal;
      if (!isKnownThere && sentBytes === 0) {
        if (group.length > 0) yield group;
        yield [sent];
        group = [];
      } else if (group.push(sent) === sideBySide) {
        yield group;
        group = [];
      }
    }
    if (group.length > 0) yield group;
  }

  async #attempt(work: (sent: Sent) => Promise<boolean>, sent: Sent): Promise<Outcome> {
    try {
      const hasMoved = await work(sent);
      this.#settle(sent);
      return { hasMoved };
    } catch (error) {
      return { trouble: toTrouble(error) };
    }
  }

  /** What concerns one journal keeps no other waiting. */
  #pauseOne(pauses: Map<Sent, OwnPause>, sent: Sent, trouble: SendTrouble): void {
    const { backOff } = pauses.get(sent) ?? { backOff: new BackOff() };
    pauses.set(sent, { backOff, failedAtMs: steadyMs(), pauseMs: backOff.next() });
    this.#news.onTrouble?.(trouble, backOff.failures, sent.journal.route.path);
  }

  #isPaused({ failedAtMs, pauseMs }: OwnPause): boolean {
    const isHurried = this.#now() < this.#hurriedUntilMs;
    const limitMs = isHurried ? Math.min(pauseMs, LONGEST_PAUSE_MS_IN_HURRY) : pauseMs;
    return steadyMs() - failedAtMs < limitMs;
  }

  #isOnItsWay({ journal }: Sent): boolean {
    return this.#journals.has(journal.route.path);
  }

  async #sendLines({ journal }: Sent): Promise<boolean> {
    const { path } = journal.route;
    const wasKnown = journal.isKnownThere;
    const before = journal.sentBytes;
    const step = await journal.sendLines(this.#connection, {
      nowMs: this.#now(),
      signIntervalMs: this.#options.signIntervalMs,
    });
    if (step === "gone" || step === "refused") {
      this.#drop(path, journal.refusal);
      return true;
    }
    if (!wasKnown && journal.isKnownThere) this.#news.onReady?.(path);
    if (step === "moved") this.#news.onBytes?.(Math.max(0, journal.sentBytes - before));
    attempt(() => journal.mark(this.#now()));
    return step !== "waiting";
  }

  /** Notes that all of a journal is there, where it is. */
  #settle({ journal, blobs }: Sent): void {
    const { path } = journal.route;
    if (!journal.isAllSent || !blobs.isDone || !this.#journals.has(path)) return;
    // Left by a process that ended between the last answer and this note: the server was heard then.
    if (!journal.isKnownThere) this.#news.onReady?.(path);
    this.#drop(path, undefined);
  }

  #drop(path: string, refusal: Refusal | undefined): void {
    const sent = this.#journals.get(path);
    if (sent === undefined) return;
    this.#journals.delete(path);
    sent.journal.isOpen = false;
    // What this server cannot make anything of, a later version of it may: that is tried by the next script, or `trackio sync`.
    const isDone = refusal?.code !== "invalid_argument";
    attempt(() => sent.journal.mark(this.#now(), { isDone, isNow: true }));
    this.#news.onSettled?.(path, refusal);
  }

  /** Resolves when there is something to do again; no timer runs until then. */
  #added(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wakers.delete(wake);
        resolve();
      };
      this.#wakers.add(wake);
    });
  }

  #pause(wantedMs: number | undefined): Promise<void> {
    const isHurried = this.#now() < this.#hurriedUntilMs;
    const look = isHurried ? LOOK_EVERY_MS_IN_HURRY : LOOK_EVERY_MS;
    const ms = isHurried
      ? Math.min(wantedMs ?? look, LONGEST_PAUSE_MS_IN_HURRY)
      : (wantedMs ?? look);
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      if (this.#options.isBackground) timer.unref();
      this.#wakers.add(wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }
}

function toTrouble(error: unknown): SendTrouble {
  if (error instanceof SendTrouble) return error;
  return new SendTrouble("local", String(error), { cause: error });
}

/** A mark that cannot be written now is written later; until then more is asked of the server than need be. */
function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // As said above.
  }
}

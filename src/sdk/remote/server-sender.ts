/**
 * Sends the journals that go to one server, and the blobs that they name: the
 * lines of all in turn, blobs beside them, each with a pause of its own after
 * trouble.
 *
 * Laws: it never gives up, since what is not sent stays on disk; it never holds
 * more than a piece of a file in memory; nothing here throws.
 */

import { BlobFolder } from "../../media/blob-folder.ts";
import { BackOff } from "./back-off.ts";
import { type BlobProgress, OutgoingBlobs } from "./outgoing-blobs.ts";
import { type JournalAddress, OutgoingJournal, type Refusal } from "./outgoing-journal.ts";
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
  /** What a person should know; `attempts` in a row had the same fate. */
  readonly onTrouble?: (trouble: SendTrouble, attempts: number) => void;
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

/** How soon after `log()` a line goes: what is looked for is the size of a file. */
const LOOK_EVERY_MS = 200;
const LOOK_EVERY_MS_IN_HURRY = 20;
/** While somebody waits, no pause after trouble is longer. */
const LONGEST_PAUSE_MS_IN_HURRY = 500;

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

  add(address: JournalAddress, { isOpen }: { readonly isOpen: boolean }): void {
    if (this.#journals.has(address.path)) return;
    const journal = new OutgoingJournal(address, { isOpen, nowMs: this.#now() });
    const progress: BlobProgress = {
      onSent: (sizeBytes) => this.#news.onBytes?.(sizeBytes),
      onRefused: (message) => this.#news.onTrouble?.(new SendTrouble("too-large", message), 1),
    };
    const blobs = new OutgoingBlobs(journal, BlobFolder.at(address.root), progress);
    this.#journals.set(address.path, { journal, blobs });
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
      bytes += Math.max(0, (sent.journal.sizeBytes() ?? 0) - sent.journal.sentBytes);
      blobs += sent.blobs.countLeft();
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
    void this.#repeat((sent) => this.#sendLines(sent));
    void this.#repeat((sent) => sent.blobs.send(this.#connection, this.#now()));
  }

  /** Does `work` for all journals in turn, as long as this sender is open; `work` says whether it moved anything. */
  async #repeat(work: (sent: Sent) => Promise<boolean>): Promise<void> {
    const backOff = new BackOff();
    while (!this.#isClosed) {
      if (this.#journals.size === 0) await this.#added();
      let hasMoved = false;
      let pauseMs: number | undefined;
      for (const sent of [...this.#journals.values()]) {
        try {
          if (this.#isClosed) return;
          hasMoved = (await work(sent)) || hasMoved;
          this.#settle(sent);
        } catch (error) {
          const trouble = toTrouble(error);
          pauseMs = backOff.next();
          this.#news.onTrouble?.(trouble, backOff.failures);
          // What concerns one journal keeps no other waiting.
          if (trouble.kind === "away" || trouble.kind === "refused") break;
        }
      }
      if (pauseMs === undefined && backOff.failures > 0) {
        backOff.succeeded();
        this.#news.onWell?.();
      }
      if (pauseMs !== undefined || !hasMoved) await this.#pause(pauseMs);
    }
  }

  async #sendLines({ journal }: Sent): Promise<boolean> {
    const { path } = journal.address;
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
    return step === "moved";
  }

  /** Notes that all of a journal is there, where it is. */
  #settle({ journal, blobs }: Sent): void {
    const { path } = journal.address;
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
    attempt(() => sent.journal.mark(this.#now(), { isDone: true }));
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

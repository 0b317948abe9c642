/**
 * All that a script sends: a sender for each server, what earlier scripts left
 * in the same data folder, and who waits for what. It works beside the script,
 * in a thread of its own, and speaks in plain data.
 */

import type { JournalRoute, Refusal } from "./outgoing-journal.ts";
import type { SendTrouble, TroubleKind } from "./send-trouble.ts";
import { ServerSender, type Unsent } from "./server-sender.ts";
import { listUnsentJournals } from "./unsent-journals.ts";

/** A journal of this script's own. */
export interface OwnJournal extends JournalRoute {
  readonly token?: string | undefined;
}

export type SendingNews =
  | { readonly news: "ready"; readonly path: string }
  | { readonly news: "settled"; readonly path: string; readonly refusal?: Refusal }
  | {
      readonly news: "trouble";
      readonly serverUrl: string;
      readonly kind: TroubleKind;
      readonly message: string;
    }
  /** After trouble that was told. */
  | { readonly news: "well"; readonly serverUrl: string }
  /** Nothing is left to be sent, of this script or of earlier ones. */
  | { readonly news: "idle" }
  | ({ readonly news: "drained"; readonly id: number } & Drained);

/** What a server does not have after somebody waited for it. */
export interface Drained {
  /** Of the journals that were asked for. */
  readonly left: Unsent;
  /** Of what earlier scripts left here. */
  readonly leftEarlier: Unsent;
  /** Waiting longer is of no use. */
  readonly isFutile: boolean;
  /** What went wrong last, as a part of a sentence. */
  readonly trouble?: string | undefined;
}

export interface SendingOptions {
  readonly signIntervalMs: number;
  /** Must not throw. */
  readonly tell: (news: SendingNews) => void;
  readonly now?: () => number;
  /** Whether the process may end while something is to be sent. Default false. */
  readonly isBackground?: boolean;
}

interface Drain {
  readonly id: number;
  readonly paths: readonly string[];
  readonly timer: NodeJS.Timeout;
}

/** A server that starts again is back before: only then a person is told. */
const AWAY_ATTEMPTS = 3;

export class Sending {
  readonly #options: SendingOptions;
  readonly #now: () => number;
  readonly #senders = new Map<string, ServerSender>();
  /** Servers that do not let this script write: nobody waits for them. */
  readonly #refusing = new Set<string>();
  readonly #lastTrouble = new Map<string, string>();
  /** On their way. */
  readonly #own = new Map<string, OwnJournal>();
  readonly #settled = new Set<string>();
  /** What earlier scripts left: by path, the server. */
  readonly #earlier = new Map<string, string>();
  #looksCount = 0;
  /** Whether somebody waited in vain for what earlier scripts left: many short runs are not to wait for it each. */
  #hasWaitedForEarlier = false;
  readonly #lookedThrough = new Set<string>();
  readonly #drains = new Set<Drain>();
  #isClosed = false;

  constructor(options: SendingOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Sends these journals from now on.
   * @param open Paths of those that the script still writes.
   */
  follow(own: readonly OwnJournal[], open: readonly string[]): void {
    for (const journal of own) {
      if (this.#own.has(journal.path) || this.#settled.has(journal.path)) continue;
      this.#own.set(journal.path, journal);
      const sender = this.#senderOf(journal.serverUrl, journal.token);
      sender.add(journal, { isOpen: open.includes(journal.path) });
      this.#lookForLeft(journal.root, journal.serverUrl);
    }
    for (const [path, { serverUrl }] of this.#own) {
      if (!open.includes(path)) this.#senders.get(serverUrl)?.end(path);
    }
    this.#check();
  }

  /** Tells what is left of these journals as soon as that is nothing, or it is so late, or waiting is of no use. */
  drain(id: number, paths: readonly string[], untilMs: number): void {
    for (const sender of this.#senders.values()) sender.hurry(untilMs);
    const timer = setTimeout(
      () => {
        this.#hasWaitedForEarlier ||= !this.#isOwnWorthWaiting(drain);
        this.#finish(drain);
      },
      Math.max(0, untilMs - this.#now()),
    );
    const drain: Drain = { id, paths, timer };
    this.#drains.add(drain);
    this.#check();
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#drains) clearTimeout(timer);
    for (const sender of this.#senders.values()) sender.close();
  }

  #senderOf(serverUrl: string, token: string | undefined): ServerSender {
    const known = this.#senders.get(serverUrl);
    if (known !== undefined) {
      known.useToken(token);
      return known;
    }
    const sender = new ServerSender(serverUrl, token, {
      signIntervalMs: this.#options.signIntervalMs,
      now: this.#now,
      isBackground: this.#options.isBackground ?? false,
      news: {
        onReady: (path) => this.#tell(path, { news: "ready", path }),
        onSettled: (path, refusal) => {
          this.#tell(path, { news: "settled", path, ...(refusal && { refusal }) });
          this.#earlier.delete(path);
          if (this.#own.delete(path)) this.#settled.add(path);
          this.#check();
        },
        onTrouble: (trouble, attempts) => this.#hearTrouble(serverUrl, trouble, attempts),
        onWell: () => {
          this.#refusing.delete(serverUrl);
          this.#lastTrouble.delete(serverUrl);
          this.#options.tell({ news: "well", serverUrl });
        },
      },
    });
    this.#senders.set(serverUrl, sender);
    return sender;
  }

  /** What others left is sent in silence. */
  #tell(path: string, news: SendingNews): void {
    if (this.#own.has(path)) this.#options.tell(news);
  }

  #hearTrouble(serverUrl: string, trouble: SendTrouble, attempts: number): void {
    const { kind, message } = trouble;
    this.#lastTrouble.set(serverUrl, message);
    if (kind === "refused") this.#refusing.add(serverUrl);
    // Who waits hears of a server that is away when the waiting is over.
    const isTold = kind !== "away" || (attempts >= AWAY_ATTEMPTS && this.#drains.size === 0);
    if (isTold) this.#options.tell({ news: "trouble", serverUrl, kind, message });
    this.#check();
  }

  /** Ends waits that are over, and tells when there is nothing left to do. */
  #check(): void {
    for (const drain of [...this.#drains]) if (!this.#isWorthWaiting(drain)) this.#finish(drain);
    const isIdle = this.#own.size + this.#earlier.size + this.#looksCount === 0;
    if (isIdle) this.#options.tell({ news: "idle" });
  }

  #isWorthWaiting(drain: Drain): boolean {
    if (this.#isOwnWorthWaiting(drain)) return true;
    if (this.#hasWaitedForEarlier) return false;
    return this.#looksCount > 0 || [...this.#earlier].some((left) => this.#isMoving(...left));
  }

  #isOwnWorthWaiting({ paths }: Drain): boolean {
    return paths.some((path) => this.#isMoving(path, this.#own.get(path)?.serverUrl));
  }

  #isMoving(path: string, serverUrl: string | undefined): boolean {
    if (serverUrl === undefined || this.#refusing.has(serverUrl)) return false;
    return this.#senders.get(serverUrl)?.isStuck(path) === false;
  }

  #finish(drain: Drain): void {
    if (!this.#drains.delete(drain)) return;
    clearTimeout(drain.timer);
    const isFutile = !this.#isWorthWaiting(drain);
    const [trouble] = this.#lastTrouble.values();
    const left = this.#left(drain.paths);
    const leftEarlier = this.#left([...this.#earlier.keys()]);
    this.#options.tell({ news: "drained", id: drain.id, left, leftEarlier, isFutile, trouble });
  }

  #left(paths: readonly string[]): Unsent {
    let [bytes, blobs] = [0, 0];
    for (const sender of this.#senders.values()) {
      const left = sender.left(paths);
      bytes += left.bytes;
      blobs += left.blobs;
    }
    return { bytes, blobs };
  }

  #lookForLeft(root: string, serverUrl: string): void {
    const name = `${serverUrl} ${root}`;
    if (this.#lookedThrough.has(name)) return;
    this.#lookedThrough.add(name);
    this.#looksCount += 1;
    this.#sendLeft(root, serverUrl)
      // A folder in trouble: what lies there waits for another script, or for `trackio sync`.
      .catch(() => undefined)
      .finally(() => {
        this.#looksCount -= 1;
        this.#check();
      });
  }

  async #sendLeft(root: string, serverUrl: string): Promise<void> {
    for (const { route, isWriterAlive } of await listUnsentJournals(root)) {
      if (this.#isClosed) return;
      if (route.serverUrl !== serverUrl || isWriterAlive || this.#own.has(route.path)) continue;
      this.#earlier.set(route.path, serverUrl);
      this.#senders.get(serverUrl)?.add(route, { isOpen: false });
    }
  }
}

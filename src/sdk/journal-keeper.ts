/**
 * One round over open journals: what is new goes to the disk itself, what has
 * been silent for long is touched as a sign of life. Trouble is left to the
 * next round: the lines are safe with the system already.
 */

import { closeSync, fstatSync, futimesSync, openSync } from "node:fs";

interface KeptJournal {
  /** Its own descriptor: the script's may be closed and given again at any moment. */
  readonly fd: number;
  syncedBytes: number;
}

export class JournalKeeper {
  readonly #journals = new Map<string, KeptJournal>();
  readonly #signIntervalMs: number;
  readonly #sync: (fd: number) => void;

  /** @param sync Brings a descriptor's file to the disk itself, now or soon. */
  constructor(signIntervalMs: number, sync: (fd: number) => void) {
    this.#signIntervalMs = signIntervalMs;
    this.#sync = sync;
  }

  /** From now on these journals, and no others. */
  follow(paths: readonly string[]): void {
    for (const [path, journal] of this.#journals) {
      if (paths.includes(path)) continue;
      this.#journals.delete(path);
      attempt(() => closeSync(journal.fd));
    }
    for (const path of paths) {
      if (this.#journals.has(path)) continue;
      attempt(() => this.#journals.set(path, { fd: openSync(path, "r+"), syncedBytes: 0 }));
    }
  }

  beat(nowMs: number): void {
    for (const journal of this.#journals.values()) attempt(() => this.#beat(journal, nowMs));
  }

  #beat(journal: KeptJournal, nowMs: number): void {
    const { size, mtimeMs } = fstatSync(journal.fd);
    if (size !== journal.syncedBytes) {
      this.#sync(journal.fd);
      journal.syncedBytes = size;
    }
    if (nowMs - mtimeMs < this.#signIntervalMs) return;
    futimesSync(journal.fd, nowMs / 1_000, nowMs / 1_000);
  }
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // Gone, or on a disk in trouble: nothing is lost by trying again in the next round.
  }
}

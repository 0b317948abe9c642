/**
 * A page's own journals where the browser may refuse to keep more of them, as
 * it does when its disk is full: what it refuses is held in memory, so that a
 * server that is there gets it all the same, and is kept as soon as that is
 * possible again.
 *
 * Law: what goes wrong with the database keeps nothing from its server.
 */

import type { BlobHash } from "../../protocol/media.ts";
import type { KeptBlob, KeptJournal, KeptJournals, Writing } from "./kept-journals.ts";
import { MemoryJournals } from "./memory-journals.ts";

/** What is held is tried once more with the next line after so long, all at once. */
const RETRY_MS = 10_000;

export class SpillingJournals implements KeptJournals {
  readonly #kept: KeptJournals;
  readonly #held = new MemoryJournals();
  readonly #onTrouble: (error: unknown) => void;
  /** What this page knows to be sent, by writer. */
  readonly #sentBytes = new Map<string, number>();
  #failedAtMs = Number.NEGATIVE_INFINITY;

  /** @param onTrouble Told of each time that the browser did not keep something. */
  constructor(kept: KeptJournals, onTrouble: (error: unknown) => void) {
    this.#kept = kept;
    this.#onTrouble = onTrouble;
  }

  async write(writing: Writing): Promise<void> {
    const { journal } = writing;
    const { writer } = journal;
    const sinceMs = Date.now() - this.#failedAtMs;
    // A clock that was set back makes it no longer.
    if (this.#held.has(writer) && sinceMs >= 0 && sinceMs < RETRY_MS) {
      await this.#held.write(writing);
      return;
    }
    const held = this.#held.contentOf(writer);
    const chunks = [...(held?.chunks ?? []), ...writing.chunks];
    const blobs = [...(held?.blobs ?? []), ...writing.blobs];
    try {
      // Called at once: a page that never pauses has no later turn.
      await this.#kept.write({ journal, chunks, blobs });
      this.#held.forget(writer, held);
    } catch (error) {
      this.#failedAtMs = Date.now();
      await this.#held.write(writing);
      this.#onTrouble(error);
    }
  }

  async journal(writer: string): Promise<KeptJournal | undefined> {
    const held = await this.#held.journal(writer);
    const kept = await this.#unlessHeld(writer, this.#kept.journal(writer), undefined);
    const newest = held !== undefined && held.sizeBytes >= (kept?.sizeBytes ?? 0) ? held : kept;
    if (newest === undefined) return undefined;
    return {
      ...newest,
      isClosed: newest.isClosed || kept?.isClosed === true,
      sentBytes: this.#sentBytes.get(writer) ?? kept?.sentBytes ?? 0,
    };
  }

  list(serverUrl: string): Promise<KeptJournal[]> {
    return this.#kept.list(serverUrl);
  }

  async read(writer: string, from: number, maxBytes: number): Promise<Uint8Array> {
    const held = await this.#held.read(writer, from, maxBytes);
    return held.length > 0 ? held : await this.#kept.read(writer, from, maxBytes);
  }

  async noteSent(writer: string, sentBytes: number): Promise<void> {
    this.#sentBytes.set(writer, sentBytes);
    try {
      await this.#kept.noteSent(writer, sentBytes);
    } catch (error) {
      this.#onTrouble(error);
    }
  }

  async blobsToSend(writer: string): Promise<BlobHash[]> {
    const held = await this.#held.blobsToSend(writer);
    const kept = await this.#unlessHeld(writer, this.#kept.blobsToSend(writer), []);
    return [...new Set([...held, ...kept])];
  }

  async blob(writer: string, hash: BlobHash): Promise<KeptBlob | undefined> {
    return (await this.#held.blob(writer, hash)) ?? (await this.#kept.blob(writer, hash));
  }

  async removeBlob(writer: string, hash: BlobHash): Promise<void> {
    await this.#held.removeBlob(writer, hash);
    await this.#kept.removeBlob(writer, hash);
  }

  async remove(writer: string): Promise<void> {
    await this.#held.remove(writer);
    await this.#kept.remove(writer).catch(() => {
      // The server has all of it: the next page finds that, and removes it.
    });
  }

  /** What the database tells; where it cannot, and something of the journal is held, that has to do. */
  async #unlessHeld<Told>(writer: string, asked: Promise<Told>, instead: Told): Promise<Told> {
    try {
      return await asked;
    } catch (error) {
      if (this.#held.has(writer)) return instead;
      throw error;
    }
  }
}

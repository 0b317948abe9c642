/** Journals in memory, for pages for which the browser keeps nothing: what is not sent is gone with them. */

import type { BlobHash } from "../../protocol/media.ts";
import {
  type Chunk,
  joinChunks,
  type KeptBlob,
  type KeptJournal,
  type KeptJournals,
  type Writing,
} from "./kept-journals.ts";

interface Held {
  journal: KeptJournal;
  chunks: Chunk[];
  readonly blobs: Map<BlobHash, KeptBlob>;
}

export class MemoryJournals implements KeptJournals {
  readonly #held = new Map<string, Held>();

  async write({ journal, chunks, blobs }: Writing): Promise<void> {
    const held: Held = this.#held.get(journal.writer) ?? { journal, chunks: [], blobs: new Map() };
    this.#held.set(journal.writer, held);
    held.journal = { ...journal, sentBytes: held.journal.sentBytes };
    for (const chunk of chunks) {
      const isLate = (held.chunks.at(-1)?.offset ?? 0) > chunk.offset;
      held.chunks.push(chunk);
      if (isLate) held.chunks.sort((a, b) => a.offset - b.offset);
    }
    for (const blob of blobs) held.blobs.set(blob.hash, blob);
  }

  has(writer: string): boolean {
    return this.#held.has(writer);
  }

  /** All that is held of the journal; undefined for nothing. */
  contentOf(writer: string): Writing | undefined {
    const held = this.#held.get(writer);
    if (held === undefined) return undefined;
    return { journal: held.journal, chunks: [...held.chunks], blobs: [...held.blobs.values()] };
  }

  /** Lets go of what was kept elsewhere. */
  forget(writer: string, content: Writing | undefined): void {
    const held = this.#held.get(writer);
    if (held === undefined || content === undefined) return;
    held.chunks = held.chunks.filter((chunk) => !content.chunks.includes(chunk));
    for (const { hash } of content.blobs) held.blobs.delete(hash);
    if (held.chunks.length === 0 && held.blobs.size === 0) this.#held.delete(writer);
  }

  async journal(writer: string): Promise<KeptJournal | undefined> {
    return this.#held.get(writer)?.journal;
  }

  async list(serverUrl: string): Promise<KeptJournal[]> {
    const all = Array.from(this.#held.values(), ({ journal }) => journal);
    return all.filter((journal) => journal.serverUrl === serverUrl);
  }

  async read(writer: string, from: number, maxBytes: number): Promise<Uint8Array> {
    const wanted: Chunk[] = [];
    for (const chunk of this.#held.get(writer)?.chunks ?? []) {
      if (chunk.offset + chunk.bytes.length <= from) continue;
      wanted.push(chunk);
      if (chunk.offset + chunk.bytes.length - from >= maxBytes) break;
    }
    return joinChunks(wanted, from);
  }

  async noteSent(writer: string, sentBytes: number): Promise<void> {
    const held = this.#held.get(writer);
    if (held !== undefined) held.journal = { ...held.journal, sentBytes };
  }

  async blobsToSend(writer: string): Promise<BlobHash[]> {
    return [...(this.#held.get(writer)?.blobs.keys() ?? [])];
  }

  async blob(writer: string, hash: BlobHash): Promise<KeptBlob | undefined> {
    return this.#held.get(writer)?.blobs.get(hash);
  }

  async removeBlob(writer: string, hash: BlobHash): Promise<void> {
    this.#held.get(writer)?.blobs.delete(hash);
  }

  async remove(writer: string): Promise<void> {
    this.#held.delete(writer);
  }
}

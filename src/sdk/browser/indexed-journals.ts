/** Journals in IndexedDB: they outlive the page, its tab and the browser. */

import type { BlobHash } from "../../protocol/media.ts";
import {
  between,
  type Database,
  endOf,
  keysFrom,
  type ObjectStore,
  openDatabase,
  type Request,
  resultOf,
  type Transaction,
} from "./indexed-db.ts";
import {
  type Chunk,
  joinChunks,
  type KeptBlob,
  type KeptJournal,
  type KeptJournals,
  type Writing,
} from "./kept-journals.ts";

const NAME = "trackio";
const VERSION = 1;
const STORES = ["journals", "progress", "chunks", "blobs"] as const;
/** Chunks that are read at once: a page that logs now and then has one for each call. */
const CHUNKS_AT_ONCE = 64;
const BLOBS_AT_ONCE = 100;

/** How far a journal is sent; apart from it, since one is written by the page and the other by whoever sends. */
interface Progress {
  readonly writer: string;
  readonly sentBytes: number;
}

export class IndexedJournals implements KeptJournals {
  readonly #database: Database;

  /** @throws where the browser keeps nothing for this page. */
  static async open(name = NAME): Promise<IndexedJournals> {
    const database = await openDatabase(name, VERSION, (made) => {
      made.createObjectStore("journals", { keyPath: "writer" });
      made.createObjectStore("progress", { keyPath: "writer" });
      made.createObjectStore("chunks", { keyPath: ["writer", "offset"] });
      made.createObjectStore("blobs", { keyPath: ["writer", "hash"] });
    });
    return new IndexedJournals(database);
  }

  private constructor(database: Database) {
    this.#database = database;
  }

  async write({ journal, chunks, blobs }: Writing): Promise<void> {
    await this.#change(["journals", "chunks", "blobs"], (transaction) => {
      for (const chunk of chunks) transaction.objectStore("chunks").put(chunk);
      for (const blob of blobs) transaction.objectStore("blobs").put(blob);
      transaction.objectStore("journals").put(journal);
    });
  }

  async journal(writer: string): Promise<KeptJournal | undefined> {
    const [journal, progress] = await Promise.all([
      this.#ask("journals", (store) => store.get(writer)),
      this.#ask("progress", (store) => store.get(writer)),
    ]);
    return journal === undefined ? undefined : withProgress(journal as KeptJournal, progress);
  }

  async list(serverUrl: string): Promise<KeptJournal[]> {
    const [journals, progress] = await Promise.all([
      this.#ask("journals", (store) => store.getAll()) as Promise<KeptJournal[]>,
      this.#ask("progress", (store) => store.getAll()) as Promise<Progress[]>,
    ]);
    const sent = new Map(progress.map((one) => [one.writer, one]));
    return journals
      .filter((journal) => journal.serverUrl === serverUrl)
      .map((journal) => withProgress(journal, sent.get(journal.writer)))
      .sort((a, b) => a.begunAtMs - b.begunAtMs);
  }

  async read(writer: string, from: number, maxBytes: number): Promise<Uint8Array> {
    const range = between([writer, 0], [writer, from]);
    const first = await this.#ask("chunks", (store) => store.openKeyCursor(range, "prev"));
    const chunks: Chunk[] = [];
    let key = (first?.key ?? [writer, from]) as readonly [string, number];
    let endBytes = key[1];
    for (;;) {
      const keys = keysFrom(key);
      const next = (await this.#ask("chunks", (store) =>
        store.getAll(keys, CHUNKS_AT_ONCE),
      )) as Chunk[];
      for (const chunk of next) {
        chunks.push(chunk);
        endBytes = chunk.offset + chunk.bytes.length;
        if (endBytes - from >= maxBytes) return joinChunks(chunks, from);
      }
      if (next.length < CHUNKS_AT_ONCE) return joinChunks(chunks, from);
      key = [writer, endBytes];
    }
  }

  async noteSent(writer: string, sentBytes: number): Promise<void> {
    await this.#change(["progress"], (transaction) => {
      transaction.objectStore("progress").put({ writer, sentBytes } satisfies Progress);
    });
  }

  async blobsToSend(writer: string): Promise<BlobHash[]> {
    const keys = await this.#ask("blobs", (store) =>
      store.getAllKeys(keysFrom([writer]), BLOBS_AT_ONCE),
    );
    return keys.map((key) => (key as readonly [string, BlobHash])[1]);
  }

  async blob(writer: string, hash: BlobHash): Promise<KeptBlob | undefined> {
    return (await this.#ask("blobs", (store) => store.get([writer, hash]))) as KeptBlob | undefined;
  }

  async removeBlob(writer: string, hash: BlobHash): Promise<void> {
    await this.#change(["blobs"], (transaction) => {
      transaction.objectStore("blobs").delete([writer, hash]);
    });
  }

  async remove(writer: string): Promise<void> {
    await this.#change(STORES, (transaction) => {
      transaction.objectStore("journals").delete(writer);
      transaction.objectStore("progress").delete(writer);
      transaction.objectStore("chunks").delete(keysFrom([writer]));
      transaction.objectStore("blobs").delete(keysFrom([writer]));
    });
  }

  /**
   * What a request gives. Its transaction is told at once that this was all: one that waits for a turn of the page would
   * keep all that are written behind it waiting, for as long as the page does not pause.
   */
  async #ask<Result>(
    store: (typeof STORES)[number],
    request: (store: ObjectStore) => Request<Result>,
  ): Promise<Result> {
    const transaction = this.#database.transaction([store], "readonly");
    const asked = request(transaction.objectStore(store));
    transaction.commit?.();
    return await resultOf(asked);
  }

  async #change(
    stores: readonly (typeof STORES)[number][],
    change: (transaction: Transaction) => void,
  ): Promise<void> {
    const transaction = this.#database.transaction(stores, "readwrite");
    const done = endOf(transaction);
    // Where the change itself throws, that is told, and nobody waits for the end.
    done.catch(() => undefined);
    change(transaction);
    transaction.commit?.();
    await done;
  }
}

function withProgress(journal: KeptJournal, progress: unknown): KeptJournal {
  const { sentBytes = 0 } = (progress ?? {}) as Partial<Progress>;
  return { ...journal, sentBytes };
}

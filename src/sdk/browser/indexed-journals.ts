/** Journals in IndexedDB: they outlive the page, its tab and the browser. */

import type { BlobHash } from "../../protocol/media.ts";
import {
  between,
  type Database,
  endOf,
  keysFrom,
  type ObjectStore,
  openDatabase,
  resultOf,
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
    const transaction = this.#database.transaction(STORES, "readwrite");
    const done = endOf(transaction);
    for (const chunk of chunks) transaction.objectStore("chunks").put(chunk);
    for (const blob of blobs) transaction.objectStore("blobs").put(blob);
    transaction.objectStore("journals").put(journal);
    // A loop that never pauses gives no turn in which the browser would see that this was all.
    transaction.commit?.();
    await done;
  }

  async journal(writer: string): Promise<KeptJournal | undefined> {
    const [journal, progress] = await Promise.all([
      resultOf(this.#read("journals").get(writer)),
      resultOf(this.#read("progress").get(writer)),
    ]);
    return journal === undefined ? undefined : withProgress(journal as KeptJournal, progress);
  }

  async list(serverUrl: string): Promise<KeptJournal[]> {
    const [journals, progress] = await Promise.all([
      resultOf(this.#read("journals").getAll()) as Promise<KeptJournal[]>,
      resultOf(this.#read("progress").getAll()) as Promise<Progress[]>,
    ]);
    const sent = new Map(progress.map((one) => [one.writer, one]));
    return journals
      .filter((journal) => journal.serverUrl === serverUrl)
      .map((journal) => withProgress(journal, sent.get(journal.writer)))
      .sort((a, b) => a.begunAtMs - b.begunAtMs);
  }

  async read(writer: string, from: number, maxBytes: number): Promise<Uint8Array> {
    const range = between([writer, 0], [writer, from]);
    const first = await resultOf(this.#read("chunks").openKeyCursor(range, "prev"));
    const chunks: Chunk[] = [];
    let key = (first?.key ?? [writer, from]) as readonly [string, number];
    let endBytes = key[1];
    for (;;) {
      const store = this.#read("chunks");
      const next = (await resultOf(store.getAll(keysFrom(key), CHUNKS_AT_ONCE))) as Chunk[];
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
    const transaction = this.#database.transaction(["progress"], "readwrite");
    transaction.objectStore("progress").put({ writer, sentBytes } satisfies Progress);
    await endOf(transaction);
  }

  async blobsToSend(writer: string): Promise<BlobHash[]> {
    const keys = await resultOf(this.#read("blobs").getAllKeys(keysFrom([writer]), BLOBS_AT_ONCE));
    return keys.map((key) => (key as readonly [string, BlobHash])[1]);
  }

  async blob(writer: string, hash: BlobHash): Promise<KeptBlob | undefined> {
    return (await resultOf(this.#read("blobs").get([writer, hash]))) as KeptBlob | undefined;
  }

  async removeBlob(writer: string, hash: BlobHash): Promise<void> {
    const transaction = this.#database.transaction(["blobs"], "readwrite");
    transaction.objectStore("blobs").delete([writer, hash]);
    await endOf(transaction);
  }

  async remove(writer: string): Promise<void> {
    const transaction = this.#database.transaction(STORES, "readwrite");
    transaction.objectStore("journals").delete(writer);
    transaction.objectStore("progress").delete(writer);
    transaction.objectStore("chunks").delete(keysFrom([writer]));
    transaction.objectStore("blobs").delete(keysFrom([writer]));
    await endOf(transaction);
  }

  #read(store: (typeof STORES)[number]): ObjectStore {
    return this.#database.transaction([store], "readonly").objectStore(store);
  }
}

function withProgress(journal: KeptJournal, progress: unknown): KeptJournal {
  const { sentBytes = 0 } = (progress ?? {}) as Partial<Progress>;
  return { ...journal, sentBytes };
}

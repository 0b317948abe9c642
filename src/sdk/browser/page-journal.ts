/**
 * What a page writes of one run. Lines are gathered while a transaction keeps
 * the ones before, so that a loop that logs a thousand times a second makes a
 * few transactions of them, and one that logs now and then one for each call.
 *
 * Law: what `log()` returned from is kept when its transaction ends, less than
 * 50 ms later; what could not be kept is kept with the next lines.
 */

import type { BlobHash } from "../../protocol/media.ts";
import type { Chunk, KeptBlob, KeptJournal, KeptJournals } from "./kept-journals.ts";

/** Where lines have no turn in which they could be kept, they are so after this time. */
const KEEP_AFTER_MS = 20;
const CHUNK_BYTES = 256 * 1024;

/** What never changes of a journal. */
export type JournalFacts = Omit<KeptJournal, "sizeBytes" | "sentBytes" | "isClosed">;

export class PageJournal {
  /** Of all lines, kept or not. */
  sizeBytes = 0;
  readonly #facts: JournalFacts;
  readonly #journals: Promise<KeptJournals>;
  readonly #onKept: () => void;
  readonly #onTrouble: (error: unknown) => void;
  readonly #encoder = new TextEncoder();
  #opened: KeptJournals | undefined;
  #texts: string[] = [];
  /** When the first of the texts came. */
  #sinceMs = 0;
  #chunks: Chunk[] = [];
  #blobs: KeptBlob[] = [];
  readonly #known = new Set<BlobHash>();
  #isClosed = false;
  #isScheduled = false;
  /** Transactions that have not ended, and the last of them. */
  #writing: Promise<void> | undefined;

  constructor(options: {
    readonly facts: JournalFacts;
    readonly journals: Promise<KeptJournals>;
    readonly onKept: () => void;
    readonly onTrouble: (error: unknown) => void;
  }) {
    this.#facts = options.facts;
    this.#journals = options.journals;
    this.#onKept = options.onKept;
    this.#onTrouble = options.onTrouble;
    this.#journals.then((journals) => {
      this.#opened = journals;
      this.#write();
    });
  }

  get writer(): string {
    return this.#facts.writer;
  }

  /** Whether this page was the first to keep the blob in this journal. */
  addBlob(blob: Omit<KeptBlob, "writer">): boolean {
    if (this.#known.has(blob.hash)) return false;
    this.#known.add(blob.hash);
    this.#blobs.push({ ...blob, writer: this.writer });
    return true;
  }

  append(text: string): void {
    if (this.#texts.length === 0) this.#sinceMs = Date.now();
    this.#texts.push(text);
    if (Date.now() - this.#sinceMs >= KEEP_AFTER_MS) this.#write();
    else this.#schedule();
  }

  /** Nothing follows: the last line is written. */
  close(): void {
    this.#isClosed = true;
    this.#schedule();
  }

  /** Keeps what there is now; resolves when it is, or has failed and was told. */
  async flush(): Promise<void> {
    await this.#journals;
    this.#write();
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Begins to keep what there is now, at once: the page may be gone after this call. */
  keepNow(): void {
    this.#write();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      // What comes while one is under way goes with the next.
      if (this.#writing === undefined) this.#write();
    });
  }

  #write(): void {
    const journals = this.#opened;
    if (journals === undefined) return;
    this.#cut();
    if (this.#chunks.length === 0 && this.#blobs.length === 0 && !this.#isClosed) return;
    const [chunks, blobs] = [this.#chunks, this.#blobs];
    this.#chunks = [];
    this.#blobs = [];
    const { sizeBytes } = this;
    const journal = { ...this.#facts, sizeBytes, sentBytes: 0, isClosed: this.#isClosed };
    const former = this.#writing;
    const writing: Promise<void> = journals
      .write({ journal, chunks, blobs })
      .then(
        () => this.#onKept(),
        (error) => {
          this.#chunks = [...chunks, ...this.#chunks];
          this.#blobs = [...blobs, ...this.#blobs];
          this.#onTrouble(error);
        },
      )
      .then(() => former)
      .then(() => {
        if (this.#writing !== writing) return;
        this.#writing = undefined;
        if (this.#texts.length > 0) this.#write();
      });
    this.#writing = writing;
  }

  /** Makes chunks of the lines so far. */
  #cut(): void {
    let text = "";
    const add = () => {
      if (text === "") return;
      const bytes = this.#encoder.encode(text);
      this.#chunks.push({ writer: this.writer, offset: this.sizeBytes, bytes });
      this.sizeBytes += bytes.length;
      text = "";
    };
    for (const line of this.#texts) {
      text += line;
      if (text.length >= CHUNK_BYTES) add();
    }
    add();
    this.#texts = [];
  }
}

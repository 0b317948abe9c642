/**
 * The pictures and tables of one run in a page. Their bytes go into the journal's
 * database in one transaction with the line that names them, or a former one.
 */

import type { RawHeader } from "../../media/raw-file.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import { type BlobHash, blobsOf, type ImageFields, type MediaRef } from "../../protocol/media.ts";
import { encodeWithMedia, type MediaSink } from "../encode-with-media.ts";
import type { BlobFields, Loggable, MediaKeeper } from "../loggable.ts";
import type { KeptBlob } from "./kept-journals.ts";
import { sha256 } from "./sha256.ts";

export interface PageMediaOptions {
  /** Keeps a blob with the next lines; false where the journal has it. */
  readonly addBlob: (blob: Omit<KeptBlob, "writer">) => boolean;
  readonly onLost: MediaSink["onLost"];
  readonly warn: (kind: string, message: string) => void;
}

/** What a picture is known by once its bytes are read. */
export type ReadBytes = Pick<ImageFields, "type"> & { readonly bytes: Uint8Array };

/** Objects of ours see it as their keeper, records as the place where these go. */
export class PageMedia implements MediaKeeper, MediaSink {
  readonly onLost: MediaSink["onLost"];
  blobCount = 0;
  blobBytes = 0;
  readonly #options: PageMediaOptions;
  #whenLogged: (() => void)[] = [];
  #awaited: Promise<void>[] = [];
  /** Fields that are filled later, and what says that they never will be. */
  readonly #late = new WeakMap<object, { isLost: boolean }>();
  /** Whether the value is inside another object of ours, whose form is fixed when the call returns. */
  #isInside = false;

  constructor(options: PageMediaOptions) {
    this.#options = options;
    this.onLost = options.onLost;
  }

  keep(object: Loggable, path: readonly string[]): Json {
    return this.#toJson(object.toMediaRef(this, path));
  }

  /** What the record of this call waits for; undefined for nothing. */
  takeAwaited(): Promise<unknown> | undefined {
    const awaited = this.#awaited;
    this.#awaited = [];
    return awaited.length === 0 ? undefined : Promise.all(awaited);
  }

  recordWritten(): void {
    const actions = this.#whenLogged;
    this.#whenLogged = [];
    for (const action of actions) action();
  }

  recordLost(): void {
    this.#whenLogged = [];
    this.#awaited = [];
  }

  keepBytes(bytes: Uint8Array): BlobFields {
    return this.#add("given", bytes.slice());
  }

  keepRaw(header: RawHeader, chunks: readonly Uint8Array[]): BlobFields {
    const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
    const file = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, line.length));
    let at = 0;
    for (const piece of [line, ...chunks]) {
      file.set(piece, at);
      at += piece.length;
    }
    return this.#add("raw", file);
  }

  keepFile(): BlobFields {
    throw new TrackioError(
      "invalid_argument",
      "A page has no files by their path; give the File itself, or its bytes.",
    );
  }

  keepAwaited(what: string): BlobFields {
    throw new TrackioError("invalid_argument", `${what} cannot be read here; give its bytes.`);
  }

  /** Has `fields` filled with what `reading` gives; the record waits for it. */
  fillLater(
    fields: Partial<ImageFields>,
    reading: Promise<ReadBytes>,
    path: readonly string[],
  ): void {
    if (this.#isInside) {
      throw new TrackioError(
        "invalid_argument",
        "A Blob in a table has to be read first: give what its arrayBuffer() resolves to.",
      );
    }
    const state = { isLost: false };
    this.#late.set(fields, state);
    const filled = reading.then(
      ({ bytes, type }) => void Object.assign(fields, this.#add("given", bytes), { type }),
      (error) => {
        state.isLost = true;
        this.onLost(path, error);
      },
    );
    this.#awaited.push(filled);
  }

  encode(value: unknown, path: readonly string[], onBlob?: (blob: BlobHash) => void): Json {
    const wasInside = this.#isInside;
    this.#isInside = true;
    try {
      return encodeWithMedia(value, path, [], {
        keep: (object, place) => {
          const ref = object.toMediaRef(this, place);
          if (onBlob !== undefined) for (const blob of blobsOf(ref)) onBlob(blob);
          return this.#toJson(ref);
        },
        onLost: this.onLost,
      });
    } finally {
      this.#isInside = wasInside;
    }
  }

  whenLogged(action: () => void): void {
    this.#whenLogged.push(action);
  }

  warn(kind: string, message: string): void {
    this.#options.warn(kind, message);
  }

  #add(state: KeptBlob["state"], bytes: Uint8Array): BlobFields {
    const hash = sha256(bytes) as BlobHash;
    if (this.#options.addBlob({ hash, state, bytes })) {
      this.blobCount += 1;
      this.blobBytes += bytes.length;
    }
    return { blob: hash, bytes: bytes.length };
  }

  #toJson(ref: MediaRef): Json {
    const json = { $: ref.kind, v: ref.fields as unknown as Json };
    const state = this.#late.get(ref.fields);
    // Asked when the line is written, which is when its fields are filled.
    return state === undefined
      ? json
      : ({ toJSON: () => (state.isLost ? null : json) } as unknown as Json);
  }
}

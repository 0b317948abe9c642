/**
 * Where a page's journals are until a server has them: for each its bytes, in
 * the chunks in which they were written, and the blobs that are still to be
 * sent. The bytes stay until the journal has ended and all of it is sent, since
 * a server may ask for it from its first byte.
 */

import type { BlobHash } from "../../protocol/media.ts";

/** A journal as it is kept; `writer` names it. */
export interface KeptJournal {
  readonly writer: string;
  readonly serverUrl: string;
  readonly projectKey: string;
  readonly run: string;
  readonly mustExist: boolean;
  /** Bytes that are kept. */
  readonly sizeBytes: number;
  /** Bytes that the server has. */
  readonly sentBytes: number;
  /** Whether its last line is written. */
  readonly isClosed: boolean;
  /** Epoch milliseconds. */
  readonly begunAtMs: number;
}

export interface Chunk {
  readonly writer: string;
  /** Where in the journal it begins. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface KeptBlob {
  readonly writer: string;
  readonly hash: BlobHash;
  /** `given`: shown as it is; `raw`: numbers to be made into a file. */
  readonly state: "given" | "raw";
  readonly bytes: Uint8Array;
}

/** What is kept at once, or not at all. */
export interface Writing {
  readonly journal: KeptJournal;
  readonly chunks: readonly Chunk[];
  readonly blobs: readonly KeptBlob[];
}

export interface KeptJournals {
  /** Keeps it; where the call came in the middle of work that never pauses, too. @throws where there is no room. */
  write(writing: Writing): Promise<void>;
  /** Undefined where there is none any more. */
  journal(writer: string): Promise<KeptJournal | undefined>;
  /** All that are for this server, the oldest first. */
  list(serverUrl: string): Promise<KeptJournal[]>;
  /** Bytes from `from` on, about `maxBytes` at most. */
  read(writer: string, from: number, maxBytes: number): Promise<Uint8Array>;
  noteSent(writer: string, sentBytes: number): Promise<void>;
  /** Hashes of blobs that are still to be sent, some at a time. */
  blobsToSend(writer: string): Promise<BlobHash[]>;
  blob(writer: string, hash: BlobHash): Promise<KeptBlob | undefined>;
  removeBlob(writer: string, hash: BlobHash): Promise<void>;
  /** Removes a journal with all that belongs to it. */
  remove(writer: string): Promise<void>;
}

/** The bytes of chunks, in order, from `from` on, up to the first gap: what stands there is still to be kept. */
export function joinChunks(chunks: readonly Chunk[], from: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let end = from;
  for (const { offset, bytes } of chunks) {
    if (offset > end) break;
    if (offset + bytes.length <= end) continue;
    pieces.push(bytes.subarray(end - offset));
    end = offset + bytes.length;
  }
  const joined = new Uint8Array(end - from);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** One blob, open for sending. It holds a place among the process's open files until it is closed. */

import type { FileHandle } from "node:fs/promises";
import { TrackioError } from "../../protocol/errors.ts";
import type { BlobHash } from "../../protocol/media.ts";
import type { PieceSource } from "../respond.ts";
import type { ByteRange } from "./byte-range.ts";

/** What is read and sent at once; so much memory costs a client that reads slowly. */
export const CHUNK_BYTES = 256 * 1024;

export class BlobFile {
  readonly hash: BlobHash;
  readonly sizeBytes: number;
  /** MIME type, as its bytes say. */
  readonly type: string;
  /** It is what it will be for ever; else it is not yet on the disk itself. */
  readonly isReady: boolean;
  /** Differs where the bytes do. */
  readonly version: string;
  readonly #handle: FileHandle;

  constructor(
    hash: BlobHash,
    handle: FileHandle,
    facts: {
      readonly sizeBytes: number;
      readonly type: string;
      readonly isReady: boolean;
      /** The hash unless told. */
      readonly version?: string;
    },
  ) {
    this.hash = hash;
    this.sizeBytes = facts.sizeBytes;
    this.type = facts.type;
    this.isReady = facts.isReady;
    this.version = facts.version ?? hash;
    this.#handle = handle;
  }

  /** @throws {@link TrackioError} `damaged` where the file ends before it. */
  async read({ from, to }: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(to - from);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, undefined, from + filled);
      if (bytesRead === 0) {
        const message = `Blob ${this.hash} ended at byte ${from + filled} of ${this.sizeBytes} while it was read.`;
        throw new TrackioError("damaged", message);
      }
      filled += bytesRead;
    }
    return bytes;
  }

  /** The bytes of the range, a chunk at a time; the end of them closes the file. */
  pieces({ from, to }: ByteRange): PieceSource {
    let position = from;
    return {
      next: async () => {
        if (position === to) return undefined;
        const chunk = { from: position, to: Math.min(position + CHUNK_BYTES, to) };
        position = chunk.to;
        return await this.read(chunk);
      },
      end: () => this.close(),
    };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

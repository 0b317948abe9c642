import { createHash } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import type { BlobHash } from "../../protocol/media.ts";

/** Passes bytes on and knows their SHA-256 at the end. */
export class HashingStream extends Transform {
  readonly #hash = createHash("sha256");
  #sizeBytes = 0;

  override _transform(piece: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(piece);
    this.#sizeBytes += piece.length;
    done(null, piece);
  }

  digest(): { readonly hash: BlobHash; readonly sizeBytes: number } {
    return { hash: this.#hash.digest("hex") as BlobHash, sizeBytes: this.#sizeBytes };
  }
}

/** The file of a part, read at places. No read goes beyond its size, so that no header can ask for memory that it has no bytes for. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { TrackioError } from "../protocol/errors.ts";

export class PartFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #descriptor: number;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, "r");
    this.sizeBytes = fstatSync(this.#descriptor).size;
  }

  /** @throws {@link TrackioError} `damaged` where the file ends before. */
  read(from: number, bytes: number): Buffer<ArrayBuffer> {
    if (!(from >= 0 && bytes >= 0 && from + bytes <= this.sizeBytes)) {
      throw this.damaged(`${bytes} bytes are wanted at ${from}, and it has ${this.sizeBytes}`);
    }
    const buffer = Buffer.allocUnsafeSlow(bytes);
    for (let done = 0; done < bytes; ) {
      const length = Math.min(bytes - done, MOST_AT_ONCE);
      const count = readSync(this.#descriptor, buffer, done, length, from + done);
      if (count === 0) throw this.damaged("it became shorter while it was read");
      done += count;
    }
    return buffer;
  }

  damaged(what: string, cause?: unknown): TrackioError {
    return new TrackioError(
      "damaged",
      `The part of a table in ${this.path} cannot be read: ${what}.`,
      { cause },
    );
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** A system call reads no more than 2 GiB. */
const MOST_AT_ONCE = 1 << 30;

/**
 * Files that clients have sent and not yet named: each is stored under a random
 * name in a folder of ours, and is called by an opaque path, `/uploads/<random>.png`,
 * that this server gave out and takes back once.
 *
 * Laws: what a client calls a file decides nothing but the ending of that path;
 * a file that is not asked for within an hour goes, and all go with the server.
 */

import { randomBytes } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DataFolder } from "../../journal/data-folder.ts";
import { errorCode } from "../../journal/file-errors.ts";
import type { Json } from "../../protocol/json.ts";
import type { BlobHash } from "../../protocol/media.ts";
import { fieldsOf } from "./call-arguments.ts";
import { CallError } from "./call-error.ts";
import { HashingStream } from "./hashing-stream.ts";

const LIFETIME_MS = 3_600_000;
const LOOK_INTERVAL_MS = 10 * 60_000;

/** A file that was sent. */
export interface Upload {
  /** Where it lies; whoever takes it may move it away. */
  readonly path: string;
  /** SHA-256 of its bytes. */
  readonly hash: BlobHash;
  readonly sizeBytes: number;
}

export class Uploads {
  readonly #folder: string;
  /** By the path that clients know. */
  readonly #issued = new Map<string, Upload & { readonly atMs: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: DataFolder) {
    this.#folder = folder.uploadsPath;
  }

  /** Looks from now on for what nobody asked for, also of a server that was killed. */
  watch(): void {
    void this.#removeOld();
    this.#timer = setInterval(() => void this.#removeOld(), LOOK_INTERVAL_MS).unref();
  }

  /** A path for a file of one's own in the same folder, e.g. of a body that is too large for memory. */
  temporaryPath(): string {
    mkdirSync(this.#folder, { recursive: true });
    return join(this.#folder, randomBytes(18).toString("base64url"));
  }

  /** Stores what `stream` gives and tells the path by which the client may name it. @throws the system's error. */
  async keep(stream: Readable, fileName: string): Promise<string> {
    // At once: a stream that fails before anybody listens to it ends the server.
    const path = this.temporaryPath();
    const hashing = new HashingStream();
    try {
      await pipeline(stream, hashing, createWriteStream(path, { flags: "wx" }));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    const name = `/uploads/${randomBytes(18).toString("base64url")}${endingOf(fileName)}`;
    const { hash, sizeBytes } = hashing.digest();
    this.#issued.set(name, { path, hash, sizeBytes, atMs: Date.now() });
    return name;
  }

  /**
   * Has `use` called with the file of each entry's `uploaded_file`, one after the other. None of them can be named again, and
   * what `use` leaves of them is removed.
   * @throws {@link CallError} 400 where one was not sent to this server, or was named before.
   */
  async consume<Entry extends Json>(
    entries: readonly Entry[],
    use: (entry: Entry, upload: Upload) => Promise<void> | void,
  ): Promise<void> {
    const taken: Upload[] = [];
    try {
      for (const entry of entries) taken.push(this.#take(fieldsOf(entry)?.uploaded_file));
      for (const [i, entry] of entries.entries()) await use(entry, taken[i]!);
    } finally {
      await Promise.all(taken.map(({ path }) => rm(path, { force: true })));
    }
  }

  /** Removes files whose paths the client was not told. */
  async forget(names: Iterable<string>): Promise<void> {
    const removed = Array.from(names, async (name) => {
      const upload = this.#issued.get(name);
      this.#issued.delete(name);
      if (upload !== undefined) await rm(upload.path, { force: true });
    });
    await Promise.all(removed);
  }

  /** Removes all that nobody asked for. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.forget([...this.#issued.keys()]);
  }

  #take(uploadedFile: Json | undefined): Upload {
    const path = fieldsOf(uploadedFile)?.path;
    if (typeof path !== "string" || path === "") {
      throw new CallError(400, "Expected uploaded file metadata with a valid path.");
    }
    const upload = this.#issued.get(path);
    if (upload === undefined) {
      throw new CallError(400, "Uploaded file was not created by this Trackio server.");
    }
    this.#issued.delete(path);
    return upload;
  }

  async #removeOld(): Promise<void> {
    const before = Date.now() - LIFETIME_MS;
    for (const [name, { atMs }] of this.#issued) if (atMs < before) this.#issued.delete(name);
    try {
      for (const name of await readdir(this.#folder)) {
        const path = join(this.#folder, name);
        if ((await stat(path)).mtimeMs < before) await rm(path, { force: true });
      }
    } catch (error) {
      // Another server of this folder was faster, or what is in the way is for people to see.
      if (errorCode(error) === undefined) throw error;
    }
  }
}

/** `.png`; nothing but letters and digits of it may be the client's. */
function endingOf(fileName: string): string {
  const ending = posix.extname(fileName);
  return /^\.[A-Za-z0-9]{1,16}$/.test(ending) ? ending : "";
}

/**
 * What Trackio clients sent and nobody understands: kept as it came, so that
 * nothing is lost unseen, and counted. A client that is told no sends the same
 * again for ever, so this is never the answer's business.
 *
 *     {"time":1763856000000,"call":"bulk_log","why":"metrics is no object","given":"{\"project\":…"}
 */

import { appendFileSync, mkdirSync, statSync } from "node:fs";
import type { DataFolder } from "../../journal/data-folder.ts";

/** Characters of what came that one line keeps. */
const MAX_GIVEN = 64 * 1024;
/** The file grows no further than this; then there is only the count. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Lines are written together, of so many characters at most. */
const MAX_WAITING = 256 * 1024;

export class Unreadable {
  /** How many entries could not be understood since this was made. */
  count = 0;
  readonly #folder: DataFolder;
  readonly #log: (line: string) => void;
  #waiting = "";

  constructor(folder: DataFolder, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Kept when {@link write} was called. @param given JSON, or what should have been. @throws as that. */
  keep(call: string, why: string, given: string, timeMs: number): void {
    this.count += 1;
    if (this.count === 1) {
      const path = this.#folder.unreadableFile;
      this.#log(
        `A Trackio client sent what cannot be understood (${call}: ${why}); it is kept in ${path}.`,
      );
    }
    const line = JSON.stringify({ time: timeMs, call, why, given: given.slice(0, MAX_GIVEN) });
    this.#waiting += `${line}\n`;
    if (this.#waiting.length >= MAX_WAITING) this.write();
  }

  /** Before the client is answered. @throws the system's error. */
  write(): void {
    if (this.#waiting === "") return;
    const lines = this.#waiting;
    this.#waiting = "";
    const path = this.#folder.unreadableFile;
    mkdirSync(this.#folder.storePath, { recursive: true });
    const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (sizeBytes < MAX_FILE_BYTES) appendFileSync(path, lines);
  }
}

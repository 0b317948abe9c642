/** Parts that are open: the next query of the same table finds its headers read. Only so many stay open that nobody reads. */

import { statSync } from "node:fs";
import { openTablePart } from "./open-table-part.ts";
import type { TablePart } from "./table-part.ts";

interface Lent {
  readonly part: TablePart;
  /** Of the file that was opened; another one under the same path is opened anew. */
  readonly version: string;
  users: number;
}

export class PartPool {
  readonly #maxIdle: number;
  readonly #lent = new Map<string, Lent>();

  constructor(maxIdle: number) {
    this.#maxIdle = maxIdle;
  }

  /** Calls `action` with the part at `path`, which stays open until its promise has settled. */
  async use<Result>(
    path: string,
    action: (part: TablePart, version: string) => Result | Promise<Result>,
  ): Promise<Result> {
    const lent = await this.#borrow(path);
    try {
      return await action(lent.part, lent.version);
    } finally {
      lent.users -= 1;
      if (lent.users === 0 && this.#lent.get(path) !== lent) lent.part.close();
      else this.#closeIdle();
    }
  }

  async #borrow(path: string): Promise<Lent> {
    const version = versionOf(path);
    let lent = this.#lent.get(path);
    if (lent?.version !== version) {
      const opened = await openTablePart(path);
      const other = this.#lent.get(path);
      lent = other?.version === version ? other : { part: opened, version, users: 0 };
      if (lent === other) opened.close();
      else if (other?.users === 0) other.part.close();
    }
    // The one used last stands last.
    this.#lent.delete(path);
    this.#lent.set(path, lent);
    lent.users += 1;
    return lent;
  }

  #closeIdle(): void {
    let idle = 0;
    for (const { users } of this.#lent.values()) if (users === 0) idle += 1;
    for (const [path, { part, users }] of this.#lent) {
      if (idle <= this.#maxIdle) return;
      if (users > 0) continue;
      this.#lent.delete(path);
      part.close();
      idle -= 1;
    }
  }
}

/** Tells a file from one that lay under the same path before; the opening tells of one that is not there. */
function versionOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "none" : `${path}\0${stats.ino}\0${stats.size}\0${stats.mtimeMs}`;
}

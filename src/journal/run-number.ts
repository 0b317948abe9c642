/**
 * Allots run numbers without a scan and without a lock: number n is whoever
 * made the file `numbers/n` first. Numbers are given in order and never given
 * again, so the first free one is found by doubling and halving.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunId } from "../protocol/ids.ts";
import { errorCode } from "./file-errors.ts";

/**
 * Takes the lowest free number in `numbersFolder`, which exists, for run `id`. Costs O(log runs).
 * @param after A number that was given already, where many are taken one after the other.
 */
export function allotRunNumber(numbersFolder: string, id: RunId, after?: number): number {
  for (let number = after === undefined ? findFree(numbersFolder) : after + 1; ; number += 1) {
    try {
      writeFileSync(join(numbersFolder, String(number)), id, { flag: "wx" });
      return number;
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }
}

/** The numbers that were given, by run; of several of one run the first. Costs a small file a number. */
export function givenRunNumbers(numbersFolder: string): Map<RunId, number> {
  const numbers = new Map<RunId, number>();
  const end = findFree(numbersFolder);
  for (let number = 0; number < end; number += 1) {
    const id = readFileSync(join(numbersFolder, String(number)), "utf8") as RunId;
    if (!numbers.has(id)) numbers.set(id, number);
  }
  return numbers;
}

function findFree(numbersFolder: string): number {
  const isTaken = (number: number) => existsSync(join(numbersFolder, String(number)));
  if (!isTaken(0)) return 0;
  let taken = 0;
  let free = 1;
  while (isTaken(free)) {
    taken = free;
    free *= 2;
  }
  while (free - taken > 1) {
    const middle = Math.floor((taken + free) / 2);
    if (isTaken(middle)) taken = middle;
    else free = middle;
  }
  return free;
}

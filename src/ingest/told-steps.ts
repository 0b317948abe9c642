/**
 * The steps of records that were written without one: each is one more than
 * the highest of its run and lane, as the store knows it and as the records
 * before it in the same piece make it. A piece is folded only where the store
 * still stands where it was asked, so that two folders tell the same steps.
 */

import type { JournalPiece, JournalRecord } from "../journal/journal-reader.ts";
import { encodeStep, higherStep, nextStep, type Step } from "../journal/step-field.ts";
import type { RecordLine } from "../protocol/journal-line.ts";
import { decodeValue } from "../protocol/values.ts";
import { stepOf } from "./record-blocks.ts";

/** Whether a record of `piece` was written without a step. */
export function hasUntoldSteps(piece: JournalPiece): boolean {
  return piece.entries.some((entry) => entry.kind === "record" && entry.line[1] === null);
}

export class ToldSteps {
  #highest: Step | undefined;

  /** @param highest The highest step of the run and lane before the piece; undefined for none. */
  constructor(highest: Step | undefined) {
    this.#highest = highest;
  }

  /** The record with a step. To be called for each record of the piece, in order. */
  tell(record: JournalRecord): JournalRecord {
    const given = stepOf(record);
    if (given !== null) {
      this.#highest = higherStep(this.#highest, decodeValue(given) as Step);
      return record;
    }
    this.#highest = nextStep(this.#highest);
    const [set, , ...rest] = record.line;
    const line = [set, encodeStep(this.#highest), ...rest] as unknown as RecordLine;
    return { ...record, line };
  }
}

/**
 * The highest step that a journal knows, from its end alone: by the law of the
 * journal its last whole record tells it. Damaged lines and events behind that
 * record are passed over, reading further back until it is found.
 */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Json } from "../protocol/values.ts";
import { isMissing } from "./file-errors.ts";
import { parseLines } from "./parse-lines.ts";
import { decodeStepField, isStepField, type Step } from "./step-field.ts";

const FIRST_WINDOW_BYTES = 16 * 1024;

/** Undefined for a journal without a record, or that is gone. */
export function readHighestStep(path: string): Step | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const sizeBytes = fstatSync(fd).size;
    for (let windowBytes = FIRST_WINDOW_BYTES; ; windowBytes *= 4) {
      const from = Math.max(0, sizeBytes - windowBytes);
      const highest = highestOf(readFrom(fd, from, sizeBytes), from > 0);
      if (highest !== undefined || from === 0) return highest;
    }
  } finally {
    closeSync(fd);
  }
}

function readFrom(fd: number, from: number, to: number): Buffer {
  const buffer = Buffer.allocUnsafe(to - from);
  return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from));
}

function highestOf(bytes: Buffer, isCut: boolean): Step | undefined {
  const start = isCut ? bytes.indexOf("\n") + 1 : 0;
  let highest: Step | undefined;
  parseLines(bytes.subarray(start, bytes.lastIndexOf("\n") + 1), (value) => {
    highest = highestOfLine(value) ?? highest;
  });
  return highest;
}

function highestOfLine(value: Json | undefined): Step | undefined {
  if (!Array.isArray(value) || value.length < 3 || typeof value[2] !== "number") return undefined;
  const field = value[1] as Json;
  return isStepField(field) ? decodeStepField(field).highest : undefined;
}

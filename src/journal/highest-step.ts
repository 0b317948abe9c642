/**
 * The highest step that a journal knows, from its end alone: by the law of the
 * journal its last whole record with a step tells it, and each record behind
 * that has one more. Damaged lines and events behind that record are passed
 * over, reading further back until it is found. Records of another lane have
 * steps of their own.
 */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Json } from "../protocol/json.ts";
import { isMissing } from "./file-errors.ts";
import { parseLines } from "./parse-lines.ts";
import { decodeStepField, higherStep, isStepField, nextStep, type Step } from "./step-field.ts";

const FIRST_WINDOW_BYTES = 16 * 1024;

/**
 * The highest step of the run when this journal ends.
 * @param before The highest of the run's journals before it; undefined for none.
 * @returns At least `before`, also for a journal without a record, of another lane, or that is gone.
 */
export function readHighestStep(path: string, before?: Step): Step | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return before;
    throw error;
  }
  try {
    return isOfRun(fd) ? highestIn(fd, before) : before;
  } finally {
    closeSync(fd);
  }
}

/** Whether the header names no lane. One that cannot be read names none. */
function isOfRun(fd: number): boolean {
  for (let wantedBytes = 1024; ; wantedBytes *= 4) {
    const bytes = readFrom(fd, 0, wantedBytes);
    const end = bytes.indexOf("\n");
    if (end < 0 && bytes.length === wantedBytes) continue;
    let isLane = false;
    parseLines(bytes.subarray(0, end + 1), (line) => {
      isLane = typeof line === "object" && line !== null && "lane" in line;
    });
    return !isLane;
  }
}

function highestIn(fd: number, before: Step | undefined): Step | undefined {
  const sizeBytes = fstatSync(fd).size;
  for (let windowBytes = FIRST_WINDOW_BYTES; ; windowBytes *= 4) {
    const from = Math.max(0, sizeBytes - windowBytes);
    const { told, following } = endOf(readFrom(fd, from, sizeBytes), from > 0);
    if (told === undefined && from > 0) continue;
    let highest = higherStep(before, told);
    for (let i = 0; i < following; i += 1) highest = nextStep(highest);
    return highest;
  }
}

function readFrom(fd: number, from: number, to: number): Buffer {
  const buffer = Buffer.allocUnsafe(to - from);
  return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from));
}

/** The highest that the last record with a step tells, and how many records without one follow. */
function endOf(bytes: Buffer, isCut: boolean): { told: Step | undefined; following: number } {
  const start = isCut ? bytes.indexOf("\n") + 1 : 0;
  let told: Step | undefined;
  let following = 0;
  parseLines(bytes.subarray(start, bytes.lastIndexOf("\n") + 1), (value) => {
    if (!isRecord(value)) return;
    const { highest } = decodeStepField(value[1]);
    if (highest === undefined) following += 1;
    else [told, following] = [highest, 0];
  });
  return { told, following };
}

function isRecord(value: Json | undefined): value is readonly [number, Json, number] {
  return (
    Array.isArray(value) &&
    value.length >= 3 &&
    typeof value[2] === "number" &&
    isStepField(value[1] as Json)
  );
}

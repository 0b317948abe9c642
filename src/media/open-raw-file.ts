/** A raw file, open for a maker: its first line understood and checked, its numbers read piece by piece. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { TrackioError } from "../protocol/errors.ts";
import type { RawHeader } from "./raw-file.ts";

const HEADER_READ_BYTES = 64 * 1024;
/** A table of many thousand columns has a long first line; a longer one than this is none. */
const HEADER_LIMIT_BYTES = 64 * 1024 ** 2;

export class OpenRawFile {
  readonly header: RawHeader;
  readonly path: string;
  readonly #fd: number;
  readonly #dataOffset: number;

  /** @throws {@link TrackioError} `damaged` where it is no raw file or not whole; the system's error where it cannot be read. */
  static open(path: string): OpenRawFile {
    const fd = openSync(path, "r");
    try {
      const line = readFirstLine(fd);
      const header = line === undefined ? undefined : parseHeader(line);
      if (header === undefined || line === undefined) throw damaged("Its first line is no header");
      const expected = dataBytes(header);
      const dataOffset = line.length + 1;
      const actual = fstatSync(fd).size - dataOffset;
      if (expected !== undefined && actual !== expected) {
        throw damaged(`It has ${actual} bytes of numbers where its header says ${expected}`);
      }
      return new OpenRawFile(path, fd, header, dataOffset);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  private constructor(path: string, fd: number, header: RawHeader, dataOffset: number) {
    this.path = path;
    this.header = header;
    this.#fd = fd;
    this.#dataOffset = dataOffset;
  }

  /** Fills `target` with the numbers from `offset` on. */
  read(target: Uint8Array, offset: number): void {
    for (let from = 0; from < target.length; ) {
      const position = this.#dataOffset + offset + from;
      const count = readSync(this.#fd, target, from, target.length - from, position);
      if (count === 0) throw damaged("It ends before its numbers do");
      from += count;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function readFirstLine(fd: number): Buffer | undefined {
  let text = Buffer.alloc(0);
  while (text.length < HEADER_LIMIT_BYTES) {
    const piece = Buffer.allocUnsafe(Math.max(HEADER_READ_BYTES, text.length));
    const count = readSync(fd, piece, 0, piece.length, text.length);
    if (count === 0) return undefined;
    const end = piece.subarray(0, count).indexOf("\n");
    text = Buffer.concat([text, piece.subarray(0, end < 0 ? count : end)]);
    if (end >= 0) return text;
  }
  return undefined;
}

function parseHeader(line: Buffer): RawHeader | undefined {
  let given: Partial<RawHeader> | null;
  try {
    given = JSON.parse(line.toString()) as Partial<RawHeader> | null;
  } catch {
    // No JSON, no header: the caller says so.
    return undefined;
  }
  switch (given?.raw) {
    case "table":
      return given as RawHeader;
    case "image":
      return isShape(given.shape, 3) && given.shape[2]! <= 4 ? (given as RawHeader) : undefined;
    case "video": {
      const isWhole = isShape(given.shape, 5) && (given.shape[2] === 1 || given.shape[2] === 3);
      return isWhole && Number(given.fps) > 0 ? (given as RawHeader) : undefined;
    }
    default:
      return undefined;
  }
}

function isShape(shape: unknown, dimensions: number): shape is number[] {
  return (
    Array.isArray(shape) &&
    shape.length === dimensions &&
    shape.every((size) => Number.isSafeInteger(size) && size > 0)
  );
}

/** Bytes that follow the header; undefined for a table, which its own room checks. */
function dataBytes(header: RawHeader): number | undefined {
  if (header.raw === "table") return undefined;
  return header.shape.reduce((product: number, size) => product * size, 1);
}

function damaged(what: string): TrackioError {
  return new TrackioError("damaged", `${what}; the raw file is damaged.`);
}

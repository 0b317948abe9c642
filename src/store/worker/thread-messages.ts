/** What a `WorkerStore` and its thread say to each other: one answer to each call, in any order. */

import { type ErrorCode, TrackioError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import { mediaIn } from "../../protocol/media.ts";
import { decodeValue, encodeValue, type Value } from "../../protocol/values.ts";
import type { Row, Store } from "../store.ts";

/** Methods that give pages; they are pulled one by one. */
export type PagedMethod = "readPoints" | "readRows" | "readRecords" | "listBlobs";
/** Methods that answer once. */
export type PlainMethod = Exclude<keyof Store, PagedMethod | "close" | typeof Symbol.asyncDispose>;

/** What the thread is started with. */
export interface ThreadStart {
  readonly path: string;
  readonly readOnly: boolean;
}

export type Call = { readonly id: number } & (
  | { readonly kind: "open" | "close" }
  | { readonly kind: "plain"; readonly method: PlainMethod; readonly args: readonly unknown[] }
  | {
      readonly kind: "pages";
      readonly method: PagedMethod;
      readonly args: readonly unknown[];
    }
  /** `pages` is the id of the call that began them. */
  | { readonly kind: "next" | "return"; readonly pages: number }
);

export type Answer = { readonly id: number } & (
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: PlainError }
);

export interface PlainError {
  /** Absent where it is no `TrackioError`. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly stack?: string;
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  return {
    message,
    ...(stack !== undefined && { stack }),
    ...(error instanceof TrackioError && { code: error.code }),
  };
}

export function fromPlainError({ code, message, stack }: PlainError): Error {
  const cause = stack === undefined ? {} : { cause: stack };
  return code === undefined ? new Error(message, cause) : new TrackioError(code, message, cause);
}

/**
 * A row between threads. There an object loses its class, so that values with
 * pictures and the like go in the form of {@link encodeValue}.
 */
export interface ThreadRow extends Row {
  /** Keys of `values` that are in that form. */
  readonly encoded?: readonly string[];
}

export function toThreadRow(row: Row): ThreadRow {
  const encoded = Object.keys(row.values).filter((key) => mediaIn(row.values[key]).length > 0);
  if (encoded.length === 0) return row;
  return {
    ...row,
    values: mapValues(row, encoded, encodeValue as (value: Value) => Json),
    encoded,
  };
}

export function fromThreadRow({ encoded, ...row }: ThreadRow): Row {
  if (encoded === undefined) return row;
  return { ...row, values: mapValues(row, encoded, (json) => decodeValue(json as Json)) };
}

function mapValues(row: Row, keys: readonly string[], map: (value: Value) => Value): Row["values"] {
  const wanted = new Set(keys);
  return Object.fromEntries(
    Object.entries(row.values).map(([key, value]) => [key, wanted.has(key) ? map(value) : value]),
  );
}

/** The memory of all typed arrays in a value that holds them directly, in objects or in arrays: it is moved, not copied. */
export function buffersOf(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (typeof value !== "object" || value === null) return found;
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else {
    for (const member of Object.values(value)) buffersOf(member, found);
  }
  return found;
}

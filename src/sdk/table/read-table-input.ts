/** Recognises what a table was given: rows, or columns of one length. */

import { TrackioError } from "../../protocol/errors.ts";
import { isTypedArray } from "../media/number-grid.ts";
import { readFrame, readFrameColumn } from "./table-frames.ts";
import { type GivenColumn, lengthOf, type TableInput } from "./table-input.ts";
import { describeTableGiven } from "./table-trouble.ts";

const GIVEN_KEYS: ReadonlySet<string> = new Set([
  "dataframe",
  "rows",
  "data",
  "columns",
  "caption",
]);

/** What the constructor of a table was called with. @throws {@link TrackioError} `invalid_argument` where that is no table. */
export function readTableInput(given: unknown, options: unknown): TableInput {
  const bag = asBag(given);
  const names = readNames(bag?.columns ?? (options as { columns?: unknown } | undefined)?.columns);
  if (bag === undefined) return readTable(given, names);
  if (bag.dataframe !== undefined) return readTable(bag.dataframe, names);
  const rows = bag.rows ?? bag.data;
  if (rows !== undefined) return readTable(rows, names);
  return names === undefined ? readTable(bag.columns, names) : { kind: "rows", rows: [], names };
}

/** The caption, from either place; anything but text counts as none. */
export function readTableCaption(given: unknown, options: unknown): string | undefined {
  const places = [options, asBag(given)] as { readonly caption?: unknown }[];
  return places.map((place) => place?.caption).find((text) => typeof text === "string");
}

/** The object, where it says by its keys what it has; see `TableClass`. */
function asBag(given: unknown): { readonly [key: string]: unknown } | undefined {
  if (!isPlain(given)) return undefined;
  const keys = Object.keys(given).filter((key) => given[key] !== undefined);
  if (!keys.every((key) => GIVEN_KEYS.has(key))) return undefined;
  const { dataframe, rows, data, columns, caption } = given;
  const isBag =
    isRowList(dataframe) ||
    isFrameLike(dataframe) ||
    isRowList(rows) ||
    isRowList(data) ||
    isPlain(columns) ||
    readNames(columns) !== undefined;
  return isBag && (caption === undefined || typeof caption === "string") ? given : undefined;
}

function isFrameLike(given: unknown): boolean {
  return isObject(given) && !Array.isArray(given) && !isTypedArray(given);
}

/** Rows or nothing: a list without rows can be meant as such. */
function isRowList(given: unknown): boolean {
  if (!Array.isArray(given)) return false;
  return given.length === 0 || isObject(given[0]);
}

function readNames(given: unknown): readonly string[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return given.every((name) => typeof name === "string") ? [...given] : undefined;
}

function readTable(given: unknown, names: readonly string[] | undefined): TableInput {
  if (Array.isArray(given)) {
    if (given.length > 0 && !given.some(isRow)) throw notATable(given);
    return { kind: "rows", rows: given, names };
  }
  if (!isObject(given)) throw notATable(given);
  const frame = readFrame(given);
  if (frame?.kind === "columns") return columnsOf(frame.columns, frame.rowCount);
  if (!isPlain(given)) throw notATable(given);
  const columns = Object.keys(given).map((name): GivenColumn => {
    const values = given[name];
    const cells = readFrameColumn(values) ?? (Array.isArray(values) ? values : undefined);
    if (cells === undefined) throw notATable(given);
    return { name, cells };
  });
  return columnsOf(columns);
}

/** @throws {@link TrackioError} where they are not of one length. */
function columnsOf(columns: readonly GivenColumn[], wanted?: number): TableInput {
  const lengths = columns.map(({ cells }) => lengthOf(cells));
  const rowCount = wanted ?? lengths[0] ?? 0;
  const other = lengths.findIndex((length) => length !== rowCount);
  if (other >= 0) {
    const first =
      wanted === undefined ? `"${columns[0]?.name}" has ${rowCount}` : `there are ${wanted} rows`;
    throw new TrackioError(
      "invalid_argument",
      `The columns of a table have as many cells as each other, but ${first} and "${columns[other]?.name}" has ${lengths[other]}.`,
    );
  }
  return { kind: "columns", rowCount, columns };
}

/** Whether it can be a row: an object, or a list, which may be typed. */
export function isRow(given: unknown): given is object {
  return isObject(given) && !(given instanceof Date) && !(given instanceof DataView);
}

function isObject(given: unknown): given is object {
  return typeof given === "object" && given !== null;
}

function isPlain(given: unknown): given is { readonly [key: string]: unknown } {
  if (!isObject(given)) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function notATable(given: unknown): TrackioError {
  return new TrackioError(
    "invalid_argument",
    `${describeTableGiven(given)} is no table. A Table takes rows [{ a: 1 }, …], columns { a: [1, …] }, { columns: ["a"], data: [[1], …] }, or a data frame of apache-arrow, nodejs-polars or arquero.`,
  );
}

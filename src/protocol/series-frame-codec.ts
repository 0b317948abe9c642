/**
 * The bytes of a {@link SeriesFrame}. A page reads thousands of series in one
 * answer, so a frame is typed arrays that need no parsing, and what is equal is
 * stored once: the series of a run share their steps, a bucket of one point has
 * its first as last, minimum, maximum and mean.
 *
 *     u32 magic, u32 header bytes
 *     header JSON {grid, extent?, exact, runs, keys, columns, series}, padded to 8
 *     columns × { u32 form, u32 offset, u32 length, u32 0, f64 base, f64 scale }
 *     series  × { u32 run, u32 key, u32 length, 12 × u32 column }, padded to 8
 *     the columns' bytes, each padded to 8; offsets count from here
 *
 * All little-endian. Law: decode(encode(frame)) is the frame, bit for bit where
 * it is `exact`, to a 4,000th of each series' range where it is not. Columns that
 * are equal come back as one array: a reader does not write into them. Bytes
 * that are no whole frame are refused, and never cost more than a frame would.
 */

import type { FrameSeries, SeriesFrame } from "./series-frame.ts";
import {
  COLUMN_BYTES,
  ColumnReader,
  ColumnWriter,
  damagedFrame,
  NO_COLUMN,
  padded,
} from "./series-frame-column-set.ts";
import type { Shortening } from "./series-frame-columns.ts";

export const SERIES_FRAME_TYPE = "application/octet-stream";
const MAGIC = 0x31465354; // "TSF1"
const SERIES_WORDS = 15;
const EMPTY = new Float64Array(0);
const AXIS_COLUMNS = ["firstX", "lastX"] as const;
const VALUE_COLUMNS = ["first", "last", "min", "max", "mean"] as const;
const COUNT_COLUMNS = ["count", "nan", "posInf", "negInf"] as const;

interface Header {
  readonly grid: SeriesFrame["grid"];
  readonly extent?: { readonly from: number; readonly to: number };
  readonly exact: boolean;
  readonly runs: readonly string[];
  readonly keys: readonly string[];
  readonly columns: number;
  readonly series: number;
}

/** The bytes of `frame`; numbers are shortened unless it is `exact`. */
export function encodeSeriesFrame(frame: SeriesFrame): Uint8Array<ArrayBuffer> {
  const writer = new ColumnWriter();
  const runs = new Numbering();
  const keys = new Numbering();
  const table = new Uint32Array(frame.series.length * SERIES_WORDS);
  let at = 0;
  for (const series of frame.series) {
    const range = frame.exact ? "none" : valueRange(series);
    const axis = frame.exact ? "none" : "axis";
    table[at++] = runs.numberOf(series.run);
    table[at++] = keys.numberOf(series.key);
    table[at++] = series.length;
    table[at++] = writer.add(series.index, "none");
    for (const name of AXIS_COLUMNS) table[at++] = writer.add(series[name], axis);
    for (const name of VALUE_COLUMNS) table[at++] = writer.add(series[name], range);
    for (const name of COUNT_COLUMNS) table[at++] = writer.add(series[name], "none");
  }
  const header: Header = {
    grid: { origin: frame.grid.origin, width: frame.grid.width },
    ...(frame.extent === undefined ? {} : { extent: frame.extent }),
    exact: frame.exact,
    runs: runs.names,
    keys: keys.names,
    columns: writer.count,
    series: frame.series.length,
  };
  return assemble(header, table, writer);
}

/**
 * The frame whose bytes these are.
 * @throws {@link TrackioError} `damaged` where they are no whole frame.
 */
export function decodeSeriesFrame(bytes: Uint8Array): SeriesFrame {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  if (view.byteLength < 8 || view.getUint32(0, true) !== MAGIC) {
    throw damagedFrame("does not begin as a series frame does");
  }
  const headerBytes = view.getUint32(4, true);
  if (headerBytes > view.byteLength - 8) throw damagedFrame("ends inside its header");
  const header = readHeader(aligned.subarray(8, 8 + headerBytes));
  const columnsAt = 8 + padded(headerBytes);
  const seriesAt = columnsAt + header.columns * COLUMN_BYTES;
  const dataAt = seriesAt + padded(header.series * SERIES_WORDS * 4);
  if (dataAt > view.byteLength) throw damagedFrame("ends inside its tables");
  const columns = new ColumnReader(aligned, columnsAt, header.columns, dataAt);
  const series: FrameSeries[] = [];
  for (let i = 0; i < header.series; i++) {
    const words = new DataView(view.buffer, view.byteOffset + seriesAt + i * SERIES_WORDS * 4);
    series.push(readSeries(words, header, columns));
  }
  const { grid, extent, exact } = header;
  return { grid, ...(extent === undefined ? {} : { extent }), exact, series };
}

function readSeries(words: DataView, header: Header, columns: ColumnReader): FrameSeries {
  const word = (index: number) => words.getUint32(index * 4, true);
  const run = header.runs[word(0)];
  const key = header.keys[word(1)];
  if (run === undefined || key === undefined)
    throw damagedFrame("names a run or key that it lacks");
  const length = word(2);
  const full = (index: number) => columns.floats(word(index), length);
  const counts = (index: number) => (word(index) === NO_COLUMN ? EMPTY : full(index));
  return {
    run,
    key,
    length,
    index: columns.ints(word(3), length),
    firstX: full(4),
    lastX: full(5),
    first: full(6),
    last: full(7),
    min: full(8),
    max: full(9),
    mean: full(10),
    count: full(11),
    nan: counts(12),
    posInf: counts(13),
    negInf: counts(14),
  };
}

/** What values of a series are shortened against; not at all where their range is beyond a double's. */
function valueRange(series: FrameSeries): Shortening {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < series.length; i++) {
    if (series.min[i]! < low) low = series.min[i]!;
    if (series.max[i]! > high) high = series.max[i]!;
  }
  if (low > high) return { base: 0, scale: 0 };
  return Number.isFinite(high - low) ? { base: low, scale: high - low } : "none";
}

class Numbering {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

function assemble(
  header: Header,
  table: Uint32Array,
  writer: ColumnWriter,
): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const columnsAt = 8 + padded(json.length);
  const seriesAt = columnsAt + writer.count * COLUMN_BYTES;
  const dataAt = seriesAt + padded(table.byteLength);
  const bytes = new Uint8Array(dataAt + writer.bytes.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, json.length, true);
  bytes.set(json, 8);
  writer.writeTable(view, columnsAt);
  new Uint32Array(bytes.buffer, seriesAt, table.length).set(table);
  bytes.set(writer.bytes, dataAt);
  return bytes;
}

function readHeader(bytes: Uint8Array): Header {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damagedFrame("has a header that is no JSON", cause);
  }
  if (!isHeader(json)) throw damagedFrame("has a header without its parts");
  return json;
}

function isHeader(json: unknown): json is Header {
  if (typeof json !== "object" || json === null) return false;
  const { grid, extent, exact, runs, keys, columns, series } = json as Record<string, unknown>;
  const names = (value: unknown) =>
    Array.isArray(value) && value.every((n) => typeof n === "string");
  const numbers = (value: unknown, ...fields: string[]) =>
    typeof value === "object" &&
    value !== null &&
    fields.every((field) => typeof (value as Record<string, unknown>)[field] === "number");
  const size = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  return (
    numbers(grid, "origin", "width") &&
    (extent === undefined || numbers(extent, "from", "to")) &&
    typeof exact === "boolean" &&
    names(runs) &&
    names(keys) &&
    size(columns) &&
    size(series)
  );
}

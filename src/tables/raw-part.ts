/** Reads a raw table (see raw-table.ts). All that its header says is held against the file's size first. */

import type { TableColumnType } from "../protocol/media.ts";
import { type ColumnData, gatherRows, type TextColumn } from "./column-data.ts";
import type { PartFile } from "./part-file.ts";
import {
  FIXED_ENCODINGS,
  isEncodingOf,
  MAX_ROWS,
  type RawTableColumn,
  type RawTableHeader,
  unpackNulls,
} from "./raw-table.ts";
import type { TablePart } from "./table-part.ts";

const MAX_HEADER_BYTES = 64 * 1024 * 1024;
const FIRST_READ_BYTES = 64 * 1024;

/** Where a column lies in its file. */
interface ColumnPlace {
  readonly name: string;
  readonly type: TableColumnType;
  /** Without the `?`. */
  readonly encoding: string;
  /** Of the null bitmap; undefined where there is none. */
  readonly nullsAt: number | undefined;
  /** Of the values or offsets. */
  readonly at: number;
  readonly end: number;
}

type FixedClass = (typeof FIXED_ENCODINGS)[number][1];

const FIXED_CLASSES: ReadonlyMap<string, FixedClass> = new Map<string, FixedClass>([
  ...FIXED_ENCODINGS,
  ["bool", Uint8Array],
]);

export class RawPart implements TablePart {
  readonly path: string;
  readonly rowCount: number;
  readonly columns: readonly ColumnPlace[];
  readonly #file: PartFile;

  /** @throws {@link TrackioError} `damaged` */
  constructor(file: PartFile) {
    this.path = file.path;
    this.#file = file;
    const { header, sizeBytes } = readHeader(file);
    this.rowCount = header.rows;
    this.columns = placeColumns(file, header, sizeBytes);
  }

  readColumn(column: number, from: number, to: number): ColumnData {
    const place = this.#place(column, from, to);
    const nulls = this.#readNulls(place, from, to);
    const Class = FIXED_CLASSES.get(place.encoding);
    if (Class === undefined) return this.#readTexts(place, from, to, nulls);
    const width = Class.BYTES_PER_ELEMENT;
    const { buffer } = this.#file.read(place.at + from * width, (to - from) * width);
    return { type: place.type, values: new Class(buffer), nulls } as ColumnData;
  }

  readRows(column: number, rows: readonly number[]): ColumnData {
    return gatherRows(rows, (from, to) => this.readColumn(column, from, to));
  }

  /** Bytes of all texts in rows `from` to `to`. */
  textBytes(from: number, to: number): number {
    let sum = 0;
    for (const { at, encoding } of this.columns) {
      if (FIXED_CLASSES.has(encoding)) continue;
      const [start, end] = [from, to].map((row) => this.#file.read(at + row * 4, 4).readUInt32LE());
      sum += (end as number) - (start as number);
    }
    return sum;
  }

  close(): void {
    this.#file.close();
  }

  #place(column: number, from: number, to: number): ColumnPlace {
    const place = this.columns[column];
    if (place === undefined || !(from >= 0 && from <= to && to <= this.rowCount)) {
      throw new RangeError(`${this.path} has no rows ${from} to ${to} of column ${column}.`);
    }
    return place;
  }

  #readNulls({ nullsAt }: ColumnPlace, from: number, to: number): Uint8Array | undefined {
    if (nullsAt === undefined) return undefined;
    const first = from >> 3;
    const bits = this.#file.read(nullsAt + first, Math.ceil(to / 8) - first);
    return unpackNulls(bits, from, to);
  }

  #readTexts(
    place: ColumnPlace,
    from: number,
    to: number,
    nulls: Uint8Array | undefined,
  ): TextColumn {
    const { buffer } = this.#file.read(place.at + from * 4, (to - from + 1) * 4);
    const offsets = new Uint32Array(buffer);
    const start = offsets[0] as number;
    const textsAt = place.at + (this.rowCount + 1) * 4;
    let last = start;
    for (let row = 0; row < offsets.length; row += 1) {
      const offset = offsets[row] as number;
      if (offset < last) throw this.#file.damaged(`the texts of "${place.name}" overlap`);
      last = offset;
      offsets[row] = offset - start;
    }
    if (textsAt + last > place.end) {
      throw this.#file.damaged(`a text of "${place.name}" ends beyond its column`);
    }
    const bytes = this.#file.read(textsAt + start, last - start);
    const encoding = place.encoding as TextColumn["encoding"];
    return { type: place.type as TextColumn["type"], encoding, offsets, bytes, nulls };
  }
}

function readHeader(file: PartFile): { header: RawTableHeader; sizeBytes: number } {
  let length = FIRST_READ_BYTES;
  for (;;) {
    const start = file.read(0, Math.min(length, file.sizeBytes));
    const end = start.indexOf("\n");
    if (end >= 0) {
      return { header: parseHeader(file, start.toString("utf8", 0, end)), sizeBytes: end + 1 };
    }
    if (length >= MAX_HEADER_BYTES || length >= file.sizeBytes) {
      throw file.damaged("its first line does not end");
    }
    length *= 16;
  }
}

function parseHeader(file: PartFile, line: string): RawTableHeader {
  let header: Partial<RawTableHeader> | null;
  try {
    header = JSON.parse(line);
  } catch (error) {
    throw file.damaged("its first line is no JSON", error);
  }
  const { raw, rows, columns } = header ?? {};
  if (raw !== "table" || !isCount(rows) || rows > MAX_ROWS || !Array.isArray(columns)) {
    throw file.damaged(`its first line is ${line.slice(0, 80)}`);
  }
  return { raw, rows, columns };
}

function placeColumns(file: PartFile, header: RawTableHeader, headerBytes: number): ColumnPlace[] {
  let at = headerBytes;
  const places = header.columns.map((column) => {
    const place = placeColumn(file, column, header.rows, at);
    at = place.end;
    return place;
  });
  if (at !== file.sizeBytes) {
    throw file.damaged(`its columns end at ${at}, and it has ${file.sizeBytes} bytes`);
  }
  return places;
}

function placeColumn(
  file: PartFile,
  column: Partial<RawTableColumn> | null,
  rows: number,
  start: number,
): ColumnPlace {
  const { name, type, encoding: given, bytes } = column ?? {};
  const isNullable = typeof given === "string" && given.endsWith("?");
  const encoding = isNullable ? given.slice(0, -1) : given;
  if (
    typeof name !== "string" ||
    type === undefined ||
    encoding === undefined ||
    !isCount(bytes) ||
    !isEncodingOf(type, encoding)
  ) {
    throw file.damaged(`a column is ${JSON.stringify(column)?.slice(0, 80)}`);
  }
  const at = start + (isNullable ? Math.ceil(rows / 8) : 0);
  const end = start + bytes;
  const width = FIXED_CLASSES.get(encoding)?.BYTES_PER_ELEMENT;
  const holds = width === undefined ? at + (rows + 1) * 4 <= end : at + rows * width === end;
  if (!holds || end > file.sizeBytes) {
    throw file.damaged(`"${name}" has ${bytes} bytes for ${rows} rows of ${given}`);
  }
  return { name, type, encoding, nullsAt: isNullable ? start : undefined, at, end };
}

function isCount(given: unknown): given is number {
  return Number.isSafeInteger(given) && (given as number) >= 0;
}

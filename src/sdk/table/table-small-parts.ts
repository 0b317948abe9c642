/**
 * A table that grows row by row makes a part with each call of `log()`. So that
 * it does not end as ten thousand files, small parts are joined into one now and
 * then; each row is written again about ten times at most, and only while the parts are small.
 */

import type { BlobHash } from "../../protocol/media.ts";
import { cellAt } from "../../tables/cells.ts";
import {
  type ColumnData,
  concatColumns,
  isTextColumn,
  nullColumn,
  rowCountOf,
} from "../../tables/column-data.ts";
import { numberNames } from "../../tables/column-names.ts";
import type { NamedColumn } from "../../tables/raw-table.ts";
import { encodeTexts } from "../../tables/text-column.ts";
import type { EncodedPart } from "./table-parts.ts";

/** A part on disk. Its columns are held while it is small. */
export interface KeptPart {
  readonly blob: BlobHash;
  readonly rows: number;
  readonly sizeBytes: number;
  readonly blobs: readonly BlobHash[];
  readonly columns?: readonly NamedColumn[];
}

/** A part of this size is left as it is. */
const SMALL_BYTES = 1024 * 1024;
/** So many small parts may stand behind one that was joined. */
const MOST_PARTS = 64;
/** As long as they have not this share of its bytes. */
const SHARE = 1 / 8;

/** The parts, their last ones joined where they are many. @param keep Keeps what was joined. */
export function mergeSmallParts(
  parts: readonly KeptPart[],
  keep: (part: EncodedPart) => KeptPart,
): readonly KeptPart[] {
  const first = parts.findLastIndex(({ columns }) => columns === undefined) + 1;
  const small = parts.slice(first);
  const [joined, ...tail] = small;
  const tailBytes = tail.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (joined === undefined || tail.length < MOST_PARTS || tailBytes < joined.sizeBytes * SHARE) {
    return parts;
  }
  const blobs = [...new Set(small.flatMap((part) => part.blobs))];
  const rows = small.reduce((sum, part) => sum + part.rows, 0);
  const kept = keep({ rows, blobs, columns: joinColumns(small.map((part) => part.columns ?? [])) });
  return [...parts.slice(0, first), kept];
}

/** The part; one that is large is never joined, and need not be held. */
export function withoutLargeColumns({ columns, ...part }: KeptPart): KeptPart {
  return columns !== undefined && part.sizeBytes < SMALL_BYTES ? { ...part, columns } : part;
}

/** Columns of several parts, one after the other; the last part has all of their names. */
function joinColumns(parts: readonly (readonly NamedColumn[])[]): NamedColumn[] {
  const byName = parts.map((columns) => {
    const names = numberNames(columns.map(({ name }) => name));
    return new Map(names.map((name, place) => [name, columns[place]?.data]));
  });
  const last = parts.at(-1) ?? [];
  return numberNames(last.map(({ name }) => name)).map((key, place) => {
    const pieces = byName.map((columns, part) => {
      return columns.get(key) ?? nullColumn("json", rowsOf(parts[part] ?? []));
    });
    return { name: last[place]?.name as string, data: joinPieces(pieces) };
  });
}

function rowsOf(columns: readonly NamedColumn[]): number {
  return columns[0] === undefined ? 0 : rowCountOf(columns[0].data);
}

/** Of one type where they can be; those that are all null go with any. */
function joinPieces(pieces: readonly ColumnData[]): ColumnData {
  const [first] = pieces.filter((piece) => !isAllNull(piece));
  if (first === undefined) return concatColumns(pieces.map(toJson));
  const fitted = pieces.map((piece) => {
    return isAllNull(piece) ? nullsLike(first, rowCountOf(piece)) : piece;
  });
  const kind = kindOf(first);
  return concatColumns(
    fitted.every((piece) => kindOf(piece) === kind) ? fitted : fitted.map(toJson),
  );
}

function isAllNull({ nulls }: ColumnData): boolean {
  return nulls?.every((flag) => flag === 1) ?? false;
}

function nullsLike(column: ColumnData, rows: number): ColumnData {
  const nulls = new Uint8Array(rows).fill(1);
  if (isTextColumn(column))
    return { ...column, offsets: new Uint32Array(rows + 1), bytes: new Uint8Array(0), nulls };
  const Class = column.values.constructor as Float64ArrayConstructor;
  return { ...column, values: new Class(rows), nulls } as ColumnData;
}

function kindOf(column: ColumnData): string {
  return isTextColumn(column)
    ? `${column.type} ${column.encoding}`
    : `${column.type} ${column.values.constructor.name}`;
}

function toJson(column: ColumnData): ColumnData {
  const texts = Array.from({ length: rowCountOf(column) }, (_, row) => {
    const cell = cellAt(column, row);
    return cell === null ? null : JSON.stringify(cell);
  });
  return encodeTexts("json", texts);
}

/** Makes a raw table Parquet, a row group at a time. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { constants, zstdCompressSync } from "node:zlib";
import type { ColumnSource } from "hyparquet-writer";
import { type ColumnData, isNullAt, isTextColumn, rowCountOf } from "./column-data.ts";
import {
  type FormColumn,
  type FormMetadata,
  GROUP_ROWS,
  INVALID_DATE,
  METADATA_KEY,
  PAGE_BYTES,
  schemaOf,
} from "./parquet-form.ts";
import { PartFile } from "./part-file.ts";
import { RawPart } from "./raw-part.ts";

/** Of texts in one row group, unless one row has more. */
const GROUP_TEXT_BYTES = 16 * 1024 * 1024;

/**
 * Writes the raw table at `rawFilePath` as a Parquet file to `outPath`, which is
 * made or replaced; it is not synced. Memory is bounded by a row group.
 * @throws {@link TrackioError} `damaged` where it is no raw table; the system's error where it cannot be written.
 */
export async function encodeTableParquet(rawFilePath: string, outPath: string): Promise<void> {
  const { fileWriter, ParquetWriter } = await import("hyparquet-writer");
  const part = new RawPart(new PartFile(rawFilePath));
  try {
    const columns = part.columns.map(({ name, type, encoding, nullsAt }) => ({
      ...{ name, type, encoding: encoding as FormColumn["encoding"] },
      isNullable: nullsAt !== undefined,
    }));
    const schema = schemaOf(columns);
    const metadata: FormMetadata = {
      table: 1,
      rows: part.rowCount,
      columns: columns.map(({ name, type, encoding }) => ({ name, type, encoding })),
    };
    const writer = new ParquetWriter({
      writer: fileWriter(outPath),
      schema,
      codec: "ZSTD",
      compressors: { ZSTD: compress },
      statistics: false,
      kvMetadata: [{ key: METADATA_KEY, value: JSON.stringify(metadata) }],
      createdBy: "trackio",
    });
    const rows = columns.length === 0 ? 0 : part.rowCount;
    for (let from = 0; from < rows; ) {
      const to = endOfGroup(part, from);
      writer.write({
        columnData: columns.map(
          ({ encoding }, index): ColumnSource => ({
            name: schema[index + 1]?.name as string,
            data: parquetValues(part.readColumn(index, from, to), encoding),
            encoding: "PLAIN",
          }),
        ),
        rowGroupSize: to - from,
        pageSize: PAGE_BYTES,
      });
      from = to;
      await nextTurn();
    }
    writer.finish();
  } finally {
    part.close();
  }
}

function endOfGroup(part: RawPart, from: number): number {
  let rows = Math.min(GROUP_ROWS, part.rowCount - from);
  while (rows > 1 && part.textBytes(from, from + rows) > GROUP_TEXT_BYTES) {
    rows = Math.ceil(rows / 2);
  }
  return from + rows;
}

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** The values as hyparquet-writer takes them: with null among them, an array. */
function parquetValues(column: ColumnData, encoding: FormColumn["encoding"]): ColumnSource["data"] {
  if (isTextColumn(column)) {
    const { bytes, offsets } = column;
    return cells(column, (row) => bytes.subarray(offsets[row], offsets[row + 1]));
  }
  const { values } = column;
  if (column.type === "boolean") return cells(column, (row) => values[row] !== 0);
  if (column.type === "date") {
    return cells(column, (row) => {
      const ms = values[row] as number;
      return Number.isNaN(ms) ? INVALID_DATE : BigInt(ms);
    });
  }
  // The writer brings unsigned ones below 2^31 only where they come in an array.
  if (column.nulls !== undefined || encoding === "u32") return cells(column, (row) => values[row]);
  const isWide = encoding === "f64" || encoding === "f32" || column.type === "bigint";
  return isWide ? (values as Float64Array) : Int32Array.from(values as Float64Array);
}

function cells(column: ColumnData, valueAt: (row: number) => unknown): unknown[] {
  const values = new Array<unknown>(rowCountOf(column));
  for (let row = 0; row < values.length; row += 1) {
    values[row] = isNullAt(column, row) ? null : valueAt(row);
  }
  return values;
}

/**
 * Reads the Parquet files that `encodeTableParquet` writes, a page at a time.
 *
 * The pages are found by the file's offset index and decoded with hyparquet's
 * page reader. What a page's header says of its size and rows is held against
 * the index before it is believed.
 */

import { zstdDecompressSync } from "node:zlib";
import type { ColumnDecoder, FileMetaData, SchemaTree } from "hyparquet/src/types.js";
import {
  type ColumnData,
  concatColumns,
  gatherRows,
  nullColumn,
  sliceColumn,
} from "./column-data.ts";
import { type FormColumn, type FormMetadata, isFormColumn, METADATA_KEY } from "./parquet-form.ts";
import { columnOfPage, PAGE_PARSERS } from "./parquet-page.ts";
import type { PartFile } from "./part-file.ts";
import { MAX_ROWS } from "./raw-table.ts";
import type { TablePart } from "./table-part.ts";

const MAGIC = "PAR1";
/** Metadata length and magic number, at the end. */
const TAIL_BYTES = 8;

interface Page {
  readonly at: number;
  readonly bytes: number;
  /** In its row group. */
  readonly from: number;
  readonly to: number;
}

/** Of one column in one row group. */
interface Chunk {
  /** Bytes of the file. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly indexAt: number | undefined;
  readonly indexBytes: number;
  pages?: readonly Page[];
}

interface Group {
  /** Rows of the file. */
  readonly from: number;
  readonly to: number;
  /** By column. */
  readonly chunks: readonly Chunk[];
}

type Hyparquet = typeof import("hyparquet");
type PageReader = typeof import("hyparquet/src/column.js");

/** @throws {@link TrackioError} `damaged` where it is no Parquet file of a table. */
export async function openParquetPart(file: PartFile): Promise<TablePart> {
  const [hyparquet, pageReader] = await Promise.all([
    import("hyparquet"),
    import("hyparquet/src/column.js"),
  ]);
  return new ParquetPart(file, hyparquet, pageReader);
}

class ParquetPart implements TablePart {
  readonly path: string;
  readonly rowCount: number;
  readonly columns: readonly FormColumn[];
  readonly #file: PartFile;
  readonly #hyparquet: Hyparquet;
  readonly #pageReader: PageReader;
  readonly #groups: readonly Group[];
  readonly #decoders: readonly ColumnDecoder[];

  constructor(file: PartFile, hyparquet: Hyparquet, pageReader: PageReader) {
    this.path = file.path;
    this.#file = file;
    this.#hyparquet = hyparquet;
    this.#pageReader = pageReader;
    const parquet = this.#explained("its footer", () => readFooter(file, hyparquet));
    const { rows, columns } = readFormMetadata(file, parquet);
    this.rowCount = rows;
    this.columns = columns;
    const { groups, decoders } = this.#explained("its footer", () => ({
      groups: placeGroups(file, parquet, this.columns.length),
      decoders: makeDecoders(hyparquet.parquetSchema(parquet), columns.length),
    }));
    const counted = groups.at(-1)?.to ?? 0;
    if (decoders.length > 0 && counted !== rows) {
      throw file.damaged(`it has ${counted} rows and says that it has ${rows}`);
    }
    this.#groups = groups;
    this.#decoders = decoders;
  }

  readColumn(column: number, from: number, to: number): ColumnData {
    const form = this.columns[column];
    if (form === undefined || !(from >= 0 && from <= to && to <= this.rowCount)) {
      throw new RangeError(`${this.path} has no rows ${from} to ${to} of column ${column}.`);
    }
    const pieces: ColumnData[] = [];
    for (let i = this.#findGroup(from); i < this.#groups.length; i += 1) {
      const group = this.#groups[i] as Group;
      if (group.from >= to) break;
      const first = Math.max(0, from - group.from);
      const end = Math.min(group.to, to) - group.from;
      pieces.push(...this.#readPages(group.chunks[column] as Chunk, column, first, end));
    }
    return pieces.length === 0 ? nullColumn(form.type, 0) : concatColumns(pieces);
  }

  /** Each page is decoded once, however many of the rows it has. */
  readRows(column: number, rows: readonly number[]): ColumnData {
    let held: { from: number; to: number; data: ColumnData } | undefined;
    return gatherRows(rows, (from, to) => {
      const { chunks, from: start } = this.#groups[this.#findGroup(from)] ?? {
        chunks: [],
        from: 0,
      };
      const chunk = chunks[column];
      const page = chunk && this.#pagesOf(chunk).find((page) => start + page.to > from);
      if (page === undefined || start + page.to < to) return this.readColumn(column, from, to);
      const place = { from: start + page.from, to: start + page.to };
      if (held?.from !== place.from) {
        held = { ...place, data: this.readColumn(column, place.from, place.to) };
      }
      return sliceColumn(held.data, from - place.from, to - place.from);
    });
  }

  close(): void {
    this.#file.close();
  }

  /** The group that has row `row`, or the last one. */
  #findGroup(row: number): number {
    let low = 0;
    let high = this.#groups.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#groups[middle] as Group).to > row) high = middle;
      else low = middle + 1;
    }
    return Math.max(0, low);
  }

  #readPages(chunk: Chunk, column: number, from: number, to: number): ColumnData[] {
    const pages = this.#pagesOf(chunk).filter((page) => page.to > from && page.from < to);
    const [first] = pages;
    const last = pages.at(-1);
    if (first === undefined || last === undefined) return [];
    const bytes = this.#file.read(first.at, last.at + last.bytes - first.at);
    return pages.map((page) => {
      const start = page.at - first.at;
      const data = this.#decode(bytes.subarray(start, start + page.bytes), page, column);
      return sliceColumn(data, Math.max(0, from - page.from), Math.min(page.to, to) - page.from);
    });
  }

  #decode(bytes: Buffer<ArrayBuffer>, page: Page, column: number): ColumnData {
    const form = this.columns[column] as FormColumn;
    return this.#explained(`a page of "${form.name}"`, () => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const reader = { view, offset: 0 };
      const header = this.#pageReader.parquetHeader(reader);
      const rows = page.to - page.from;
      const { num_values, num_rows } = header.data_page_header_v2 ?? {};
      const isWhole = header.compressed_page_size === bytes.byteLength - reader.offset;
      if (!isWhole || num_values !== rows || num_rows !== rows) {
        throw new RangeError("its header is not of this page");
      }
      const decoder = this.#decoders[column] as ColumnDecoder;
      const { data } = this.#pageReader.readPage(reader, header, decoder, undefined, undefined, 0);
      return columnOfPage(data ?? [], rows, form);
    });
  }

  #pagesOf(chunk: Chunk): readonly Page[] {
    chunk.pages ??= this.#explained("an offset index", () => this.#readIndex(chunk));
    return chunk.pages;
  }

  #readIndex({ from, to, rows, indexAt, indexBytes }: Chunk): Page[] {
    if (indexAt === undefined) return [{ at: from, bytes: to - from, from: 0, to: rows }];
    const { buffer } = this.#file.read(indexAt, indexBytes);
    const index = this.#hyparquet.readOffsetIndex({ view: new DataView(buffer), offset: 0 });
    const places = index.page_locations;
    let at = from;
    let row = 0;
    return places.map((place, i) => {
      const next = places[i + 1];
      const end = next === undefined ? rows : Number(next.first_row_index);
      const bytes = place.compressed_page_size;
      const isNext = Number(place.offset) === at && Number(place.first_row_index) === row;
      if (!isNext || !(bytes > 0 && end > row) || at + bytes > to) {
        throw new RangeError("its pages do not follow each other");
      }
      const page = { at, bytes, from: row, to: end };
      at += bytes;
      row = end;
      return page;
    });
  }

  /** What a library throws over bytes that are none of its own becomes an error that names the file. */
  #explained<Result>(place: string, action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw this.#file.damaged(`${place} is damaged`, error);
    }
  }
}

function readFooter(file: PartFile, hyparquet: Hyparquet): FileMetaData {
  const tail = file.read(Math.max(0, file.sizeBytes - TAIL_BYTES), TAIL_BYTES);
  if (tail.toString("latin1", 4) !== MAGIC) throw new RangeError(`it does not end with ${MAGIC}`);
  const bytes = tail.readUInt32LE() + TAIL_BYTES;
  return hyparquet.parquetMetadata(file.read(file.sizeBytes - bytes, bytes).buffer, {
    geoparquet: false,
  });
}

function readFormMetadata(file: PartFile, parquet: FileMetaData): FormMetadata {
  const text = parquet.key_value_metadata?.find(({ key }) => key === METADATA_KEY)?.value;
  let metadata: Partial<FormMetadata> | null = null;
  try {
    metadata = JSON.parse(text ?? "null");
  } catch {
    // As if there were none.
  }
  const { table, rows, columns } = metadata ?? {};
  const isWhole =
    table === 1 &&
    Number.isSafeInteger(rows) &&
    (rows as number) >= 0 &&
    (rows as number) <= MAX_ROWS &&
    Array.isArray(columns) &&
    columns.every((column) => isFormColumn(column));
  if (isWhole) return metadata as FormMetadata;
  throw file.damaged(
    `it is Parquet, but no table of trackio: it has no "${METADATA_KEY}" metadata`,
  );
}

function placeGroups(file: PartFile, parquet: FileMetaData, columnCount: number): Group[] {
  let row = 0;
  return parquet.row_groups.map((group) => {
    const rows = Number(group.num_rows);
    if (!(rows > 0) || group.columns.length !== columnCount) {
      throw new RangeError("a row group lacks rows or columns");
    }
    const chunks = group.columns.map(({ meta_data: meta, ...column }): Chunk => {
      const from = Number(meta?.data_page_offset);
      const to = from + Number(meta?.total_compressed_size);
      if (!(from >= 0 && to > from && to <= file.sizeBytes)) {
        throw new RangeError("a column lies beyond the file");
      }
      const { offset_index_offset: at, offset_index_length: bytes = 0 } = column;
      return { from, to, rows, indexAt: at === undefined ? at : Number(at), indexBytes: bytes };
    });
    const from = row;
    row += rows;
    return { from, to: row, chunks };
  });
}

function makeDecoders(schema: SchemaTree, columnCount: number): ColumnDecoder[] {
  if (schema.children.length !== columnCount) throw new RangeError("its schema has other columns");
  return schema.children.map((leaf) => {
    const { element, path } = leaf;
    if (element.type === undefined || leaf.children.length > 0) {
      throw new RangeError("a column is nested");
    }
    return {
      pathInSchema: path,
      type: element.type,
      element,
      schemaPath: [schema, leaf],
      codec: "ZSTD",
      parsers: PAGE_PARSERS,
      compressors: { ZSTD: decompress },
    };
  });
}

/** `length` is what the page's header says: no more than that is unpacked. */
function decompress(bytes: Uint8Array, length: number): Uint8Array {
  return zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) });
}

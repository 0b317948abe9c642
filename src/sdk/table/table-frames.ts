/**
 * The data frames that people have, known by what they can do, so that none of
 * their packages is imported. Typed columns are taken as they lie in memory.
 */

import type { ColumnData, FixedColumn } from "../../tables/column-data.ts";
import type { ArqueroTable, ArrowTable, PolarsFrame } from "../media/media-values.ts";
import { isTypedArray } from "../media/number-grid.ts";
import { arrowColumn, isArrowVector } from "./table-arrow.ts";
import type { GivenColumn, TableInput } from "./table-input.ts";
import { typedColumn } from "./typed-column.ts";

/** The columns of a data frame; undefined where it is none that is known. */
export function readFrame(given: object): TableInput | undefined {
  if (isArrow(given)) return readArrow(given);
  if (isPolars(given)) return readPolars(given);
  if (isArquero(given)) return readArquero(given);
  return undefined;
}

/** One column of a data frame, or a typed array; undefined where it is none. */
export function readFrameColumn(given: unknown): GivenColumn["cells"] | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  if (isTypedArray(given)) return typedColumn(given);
  if (isArrowVector(given)) return arrowColumn(given);
  return isSeries(given) ? polarsColumn(given) : undefined;
}

function isArrow(given: object): given is ArrowTable {
  const { schema, numRows, getChildAt } = given as Partial<ArrowTable>;
  return (
    Array.isArray(schema?.fields) && typeof numRows === "number" && typeof getChildAt === "function"
  );
}

function readArrow(table: ArrowTable): TableInput {
  const columns = table.schema.fields.map(({ name }, index): GivenColumn => {
    const vector = table.getChildAt(index);
    return { name: String(name), cells: isArrowVector(vector) ? arrowColumn(vector) : [] };
  });
  return { kind: "columns", rowCount: table.numRows, columns };
}

/** A column of `nodejs-polars`. */
interface Series {
  readonly name: string;
  readonly length: number;
  readonly dtype: { readonly variant: string };
  nullCount(): number;
  isNull(): Series;
  fillNull(strategy: "zero"): Series;
  toArray(): unknown[];
  toTypedArray(): object;
}

const POLARS_NUMBERS = /^(U?Int(8|16|32|64)|Float(32|64))$/;

function isPolars(given: object): given is PolarsFrame {
  const { height, getColumns } = given as Partial<PolarsFrame>;
  return typeof height === "number" && typeof getColumns === "function";
}

function isSeries(given: object): given is Series {
  const { dtype, toArray, nullCount } = given as Partial<Series>;
  return (
    typeof dtype === "object" && typeof toArray === "function" && typeof nullCount === "function"
  );
}

function readPolars(frame: PolarsFrame): TableInput {
  const columns = (frame.getColumns() as Series[]).map((series): GivenColumn => {
    return { name: String(series.name), cells: polarsColumn(series) };
  });
  return { kind: "columns", rowCount: frame.height, columns };
}

/** As an array, 64-bit integers would be rounded. */
function polarsColumn(series: Series): GivenColumn["cells"] {
  if (!POLARS_NUMBERS.test(series.dtype.variant)) return series.toArray();
  if (series.nullCount() === 0) return typedColumn(series.toTypedArray());
  const column = typedColumn(series.fillNull("zero").toTypedArray()) as FixedColumn;
  const nulls = Uint8Array.from(series.isNull().toArray(), Number);
  return { ...column, nulls } as ColumnData;
}

function isArquero(given: object): given is ArqueroTable {
  const { numRows, columnNames, column } = given as Partial<ArqueroTable>;
  return [numRows, columnNames, column].every((method) => typeof method === "function");
}

/** What `filter` and `orderby` leave, in their order. */
function readArquero(table: ArqueroTable): TableInput {
  const { isFiltered, isOrdered, array } = table as ArqueroTable & {
    isFiltered?: () => boolean;
    isOrdered?: () => boolean;
    array?: (name: string, type?: unknown) => ArrayLike<unknown>;
  };
  const isWhole = !isFiltered?.call(table) && !isOrdered?.call(table);
  const columns = table.columnNames().map((name): GivenColumn => {
    const column = table.column(name);
    if (isTypedArray(column)) {
      const values = isWhole ? column : array?.call(table, name, column.constructor);
      return { name, cells: typedColumn(values as object) };
    }
    return { name, cells: array?.call(table, name) ?? (column as ArrayLike<unknown>) };
  });
  return { kind: "columns", rowCount: table.numRows(), columns };
}

/**
 * Which rows the filters of a query leave. A filter compares as the cell's type
 * has it: numbers of all types by value, dates by time, booleans as such, texts
 * exactly, and by code point for order; `contains` looks for the value in what a
 * person reads of the cell, whatever the case. A value that is none of the
 * cell's type matches nothing, except by `!=`; to a column of texts a number is
 * its digits. Null is equal to nothing; it is empty, and so is the empty text.
 * Which part a row lies in changes nothing.
 */

import { TrackioError } from "../protocol/errors.ts";
import type { TableColumnType } from "../protocol/media.ts";
import { cellAt } from "./cells.ts";
import { type ColumnData, isNullAt, isTextColumn, rowCountOf, textsOf } from "./column-data.ts";
import { containsTest } from "./contains-text.ts";
import { FilterValue } from "./filter-value.ts";
import type { CheckedTableQuery } from "./table-source.ts";

export type CheckedFilter = CheckedTableQuery["filters"][number];
type Op = CheckedFilter["op"];

/**
 * Sets `passed[row]` for each row of the column that passes the filter.
 * @param type Of the column in the whole table: that of a part may be narrower.
 */
export function markPassing(
  filter: CheckedFilter,
  type: TableColumnType,
  data: ColumnData,
  passed: Uint8Array,
): void {
  const test = testOf(filter, type, data);
  const rows = rowCountOf(data);
  for (let row = 0; row < rows; row += 1) if (passed[row] === 0 && test(row)) passed[row] = 1;
}

/** @throws {@link TrackioError} `invalid_argument` where the filter lacks its value. */
export function checkFilter({ op, value }: CheckedFilter): void {
  if (value !== undefined || op === "empty" || op === "not empty") return;
  throw new TrackioError("invalid_argument", `The filter "${op}" has no value; give it one.`);
}

function testOf(
  { op, value = "" }: CheckedFilter,
  type: TableColumnType,
  data: ColumnData,
): (row: number) => boolean {
  switch (op) {
    case "empty":
      return emptyTest(data);
    case "not empty": {
      const isEmpty = emptyTest(data);
      return (row) => !isEmpty(row);
    }
    case "contains":
      return containsTest(data, String(value));
    default: {
      const compare = comparisonOf(data, new FilterValue(value, type));
      return (row) => holds(op, isNullAt(data, row) ? undefined : compare(row));
    }
  }
}

/** `undefined`: they cannot be compared. */
function holds(op: Op, order: number | undefined): boolean {
  switch (op) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order !== undefined && order < 0;
    case "<=":
      return order !== undefined && order <= 0;
    case ">":
      return order !== undefined && order > 0;
    default:
      return order !== undefined && order >= 0;
  }
}

function emptyTest(data: ColumnData): (row: number) => boolean {
  if (!isTextColumn(data)) return (row) => isNullAt(data, row);
  const { offsets } = data;
  if (data.encoding === "json") return (row) => ["", null].includes(cellAt(data, row) as string);
  return (row) => isNullAt(data, row) || offsets[row] === offsets[row + 1];
}

function comparisonOf(data: ColumnData, wanted: FilterValue): (row: number) => number | undefined {
  if (isTextColumn(data)) {
    if (data.encoding === "json") return (row) => wanted.compareCell(cellAt(data, row));
    const texts = textsOf(data);
    return (row) => wanted.compareText(texts[row] as string);
  }
  const { type, values } = data;
  if (type === "date") return (row) => wanted.compareDate(values[row] as number);
  if (type === "boolean") return (row) => wanted.compareBoolean(values[row] !== 0);
  return (row) => wanted.compareNumber(values[row] as number | bigint);
}

/** Rows, as objects or lists, turned into columns. */

import { describeValue } from "../describe-value.ts";
import { isTypedArray } from "../media/number-grid.ts";
import { isRow } from "./read-table-input.ts";

/** Called with what is wrong with a row; it is kept as far as it can be. */
export type OnWrongRow = (message: string) => void;

export class RowReader {
  /** Of the columns, as they came up. */
  readonly names: string[];
  readonly #places: Map<string, number>;
  readonly #onWrong: OnWrongRow;

  constructor(names: readonly string[], onWrong: OnWrongRow) {
    this.names = [...names];
    this.#places = new Map();
    names.forEach((name, place) => {
      if (!this.#places.has(name)) this.#places.set(name, place);
    });
    this.#onWrong = onWrong;
  }

  /** The cells of `rows` by column; undefined where a row lacks one. A row that is none is a row of nulls. */
  read(rows: readonly unknown[], firstRow: number): unknown[][] {
    const columns = this.names.map(() => new Array<unknown>(rows.length));
    let keys: readonly string[] = [];
    let places: readonly number[] = [];
    for (let row = 0; row < rows.length; row += 1) {
      const given = rows[row];
      try {
        if (!isRow(given)) {
          this.#onWrong(`row ${firstRow + row} is no row but ${describeValue(given)}`);
        } else if (Array.isArray(given) || isTypedArray(given)) {
          this.#place(given.length - 1, columns, rows.length);
          for (let i = 0; i < given.length; i += 1) (columns[i] as unknown[])[row] = given[i];
        } else if (given instanceof Map) {
          for (const [name, cell] of given) {
            const place = this.#placeOf(String(name), columns, rows.length);
            (columns[place] as unknown[])[row] = cell;
          }
        } else {
          const own = Object.keys(given);
          if (!isSame(own, keys)) {
            keys = own;
            places = own.map((name) => this.#placeOf(name, columns, rows.length));
          }
          for (let i = 0; i < keys.length; i += 1) {
            (columns[places[i] as number] as unknown[])[row] = Reflect.get(
              given,
              keys[i] as string,
            );
          }
        }
      } catch (error) {
        this.#onWrong(`row ${firstRow + row} could not be read (${error})`);
      }
    }
    return columns;
  }

  #placeOf(name: string, columns: unknown[][], rowCount: number): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.names.length;
    this.names.push(name);
    this.#places.set(name, place);
    columns.push(new Array<unknown>(rowCount));
    return place;
  }

  /** Makes sure of a column at the place; one without a name is called by its number. */
  #place(place: number, columns: unknown[][], rowCount: number): void {
    while (this.names.length <= place) {
      const name = String(this.names.length);
      if (!this.#places.has(name)) this.#places.set(name, this.names.length);
      this.names.push(name);
      columns.push(new Array<unknown>(rowCount));
    }
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

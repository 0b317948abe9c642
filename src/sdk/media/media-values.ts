/**
 * What people have pictures, videos and tables in, described by what is asked of
 * it, so that no library has to be imported to know its objects.
 */

import type { NumberArray } from "../../protocol/values.ts";

/** Arrays in arrays, all of one size: `[[0, 255], [255, 0]]`. The innermost may be typed arrays. */
export type NestedNumbers =
  | readonly number[]
  | readonly boolean[]
  | NumberArray
  | readonly NestedNumbers[];

/** A `file:` URL, as `new URL("…", import.meta.url)` makes it. */
export interface FileUrl {
  readonly href: string;
  readonly protocol: string;
  readonly pathname: string;
}

/** Numbers in one array, which says itself how they stand. */
export type ShapedArray = ArrayLike<number> & { readonly shape: readonly number[] };

/** An `ndarray`: any view, also a transposed or a stepped one. */
export interface Ndarray {
  /** An array, or what is read by `get(index)`. */
  readonly data: object;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset: number;
}

/** A tensor of TensorFlow.js; it must not be disposed before it is logged. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  dataSync(): unknown;
}

/** `ImageData`, or another object with an array of pixels, row by row, channels beside each other. */
export interface PixelData {
  readonly data: ArrayLike<number>;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** 1, 3 or 4. Default: what the size of `data` gives. */
  readonly channels?: number;
}

/** A canvas with a 2d context: of a browser, of `@napi-rs/canvas`, of `canvas`. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: "2d"): unknown;
}

/** An instance of `sharp`; it is rendered as it stands when it is logged. */
export interface Sharp {
  clone(): unknown;
  metadata(...given: never[]): unknown;
  toBuffer(...given: never[]): unknown;
}

/** A Table of `apache-arrow`. */
export interface ArrowTable {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly numRows: number;
  getChildAt(index: number): unknown;
}

/** A DataFrame of `nodejs-polars`. */
export interface PolarsFrame {
  readonly height: number;
  getColumns(): unknown;
}

/** A table of `arquero`. */
export interface ArqueroTable {
  numRows(): number;
  columnNames(...given: never[]): string[];
  column(name: string): unknown;
}

export type DataFrame = ArrowTable | PolarsFrame | ArqueroTable;

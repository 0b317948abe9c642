/**
 * The binary answer to a read of many series, and the only place that knows
 * its bytes: the server encodes, the page decodes, nobody else looks inside.
 */

/** One series of an answer; see `SeriesBuckets` of the store for the laws. Arrays of `length` entries. */
export interface FrameSeries {
  readonly run: string;
  readonly key: string;
  readonly length: number;
  /** Number of the bucket on the frame's grid, rising. */
  readonly index: Int32Array;
  readonly firstX: Float64Array;
  readonly lastX: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Over finite values; NaN where there is none. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly count: Float64Array;
  /** Empty where the series has none in range. */
  readonly nan: Float64Array;
  readonly posInf: Float64Array;
  readonly negInf: Float64Array;
}

export interface SeriesFrame {
  /** Bucket i covers [origin + i·width, origin + (i+1)·width), in the axis's unit. */
  readonly grid: { readonly origin: number; readonly width: number };
  /** Lowest and highest x of all series asked for, whatever the range asked for; absent without points. */
  readonly extent?: { readonly from: number; readonly to: number };
  /** False where numbers were shortened because the answer was huge; then each is right to a 4,000th of its series' range. */
  readonly exact: boolean;
  readonly series: readonly FrameSeries[];
}

/** What a chart draws: one line, as parallel arrays of numbers by rising x. It knows no run and no server. */

/** A place where something that is not a number was logged. */
export interface OddPoint {
  readonly x: number;
  readonly kind: "nan" | "posInf" | "negInf";
  readonly count: number;
}

export interface ChartLine {
  /** Tells lines apart; the same line of several charts has the same id. */
  readonly id: string;
  readonly name: string;
  /** 0 to 9: the token `--s-<hue>`. */
  readonly hue: number;
  /** 0 to 3: the token `--dash-<dash>`. */
  readonly dash: number;
  readonly x: Float64Array;
  /** NaN where there is no finite value: the line breaks there. */
  readonly y: Float64Array;
  /** Lowest and highest value at each x; equal to y where it stands for one point. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** More is still to come: the line ends in a dot. */
  readonly live: boolean;
  readonly odd: readonly OddPoint[];
}

/** A line as it is drawn: with what the smoothing made of it. */
export interface DrawnLine extends ChartLine {
  /** Equal to `y` where nothing is smoothed. */
  readonly shown: Float64Array;
  readonly isSmoothed: boolean;
}

/** Position in `x` of the entry nearest to `at`; -1 where `at` is outside the line by more than `slack`. */
export function nearestIndex(x: Float64Array, at: number, slack: number): number {
  const end = x.length - 1;
  if (end < 0 || at < x[0]! - slack || at > x[end]! + slack) return -1;
  let low = 0;
  let high = end;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! > at) high = middle;
    else low = middle;
  }
  return at - x[low]! < x[high]! - at ? low : high;
}

/** One row of the bench table: what was measured, and what it has to reach. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  /** Unit of the value, e.g. `ms`, `points/s`, `B/point`, `×`. */
  readonly unit: string;
  /** The bound in words, e.g. `<= 6` or `>= 3,000,000`. */
  readonly target: string;
  readonly holds: boolean;
}

export interface BenchOptions {
  /** Fewer and smaller trials: a smoke test for CI, not a measurement. */
  readonly short: boolean;
}

/** What every `bench/*.bench.ts` exports as `rows`. */
export type BenchRows = (options: BenchOptions) => Promise<readonly BenchRow[]>;

/** A row that holds where `value <= bound`. */
export function atMost(name: string, value: number, unit: string, bound: number): BenchRow {
  return {
    name,
    value,
    unit,
    target: `<= ${bound.toLocaleString("en-US")}`,
    holds: value <= bound,
  };
}

/** A row that holds where `value >= bound`. */
export function atLeast(name: string, value: number, unit: string, bound: number): BenchRow {
  return {
    name,
    value,
    unit,
    target: `>= ${bound.toLocaleString("en-US")}`,
    holds: value >= bound,
  };
}

/** The middle one of the sorted values; of an even number, the lower of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error("The median of no values was asked for.");
  return middle;
}

/**
 * How far a value is off its target: 1 on the bound, 2 at twice (or half) of
 * it. A target that is no comparison with a number gives 1 or Infinity.
 */
export function missFactor(row: BenchRow): number {
  const match = /^(<=|<|>=|>) ?([\d,.]+)/.exec(row.target);
  const bound = Number(match?.[2]?.replaceAll(",", ""));
  if (match === null || !(bound > 0)) return row.holds ? 1 : Number.POSITIVE_INFINITY;
  return match[1]?.startsWith("<") ? row.value / bound : bound / row.value;
}

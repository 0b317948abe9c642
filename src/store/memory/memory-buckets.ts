import type { SeriesBuckets } from "../store.ts";

interface Bucket {
  readonly index: number;
  readonly xs: number[];
  readonly values: number[];
}

/** Groups points, ordered by x, by their cell. */
export function bucketsOf(
  points: readonly { readonly cell: number; readonly x: number; readonly value: number }[],
): SeriesBuckets {
  const buckets: Bucket[] = [];
  for (const { cell, x, value } of points) {
    let bucket = buckets.at(-1);
    if (bucket?.index !== cell) {
      bucket = { index: cell, xs: [], values: [] };
      buckets.push(bucket);
    }
    bucket.xs.push(x);
    bucket.values.push(value);
  }
  const finite = buckets.map(({ values }) => values.filter(Number.isFinite));
  const countOf = (odd: number): Float64Array => {
    const counts = buckets.map(({ values }) => values.filter((v) => Object.is(v, odd)).length);
    return counts.some((count) => count > 0) ? Float64Array.from(counts) : new Float64Array(0);
  };
  const orNaN = (values: readonly number[], fold: (a: number, b: number) => number): number =>
    values.length === 0 ? Number.NaN : values.reduce(fold);
  return {
    length: buckets.length,
    index: Int32Array.from(buckets, ({ index }) => index),
    firstX: Float64Array.from(buckets, ({ xs }) => xs[0] ?? Number.NaN),
    lastX: Float64Array.from(buckets, ({ xs }) => xs.at(-1) ?? Number.NaN),
    first: Float64Array.from(buckets, ({ values }) => values[0] ?? Number.NaN),
    last: Float64Array.from(buckets, ({ values }) => values.at(-1) ?? Number.NaN),
    min: Float64Array.from(finite, (values) => orNaN(values, (a, b) => Math.min(a, b))),
    max: Float64Array.from(finite, (values) => orNaN(values, (a, b) => Math.max(a, b))),
    sum: Float64Array.from(finite, (values) => values.reduce((a, b) => a + b, 0)),
    count: Float64Array.from(buckets, ({ values }) => values.length),
    nan: countOf(Number.NaN),
    posInf: countOf(Number.POSITIVE_INFINITY),
    negInf: countOf(Number.NEGATIVE_INFINITY),
  };
}

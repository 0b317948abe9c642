import fc from "fast-check";
import { expect, test } from "vitest";
import { smooth } from "./smooth.ts";

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
const weights = fc.double({ min: 0, max: 0.99, noNaN: true });

test("a weight of 0 gives the values themselves, gaps included", () => {
  const gap = Number.NaN;
  expect(Array.from(smooth([3, gap, -1, Number.POSITIVE_INFINITY, 2], 0))).toEqual([
    3,
    gap,
    -1,
    gap,
    2,
  ]);
});

test("the first value is kept, and a constant curve stays as it is", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), weights, (value, weight) => {
      for (const smoothed of smooth([value, value, value], weight)) {
        expect(smoothed).toBeCloseTo(value, 6);
      }
    }),
  );
});

test("it is TensorBoard's debiased moving average", () => {
  const [values, weight] = [[1, 5, -2, 8], 0.6];
  let last = 0;
  const expected = values.map((value, i) => {
    last = last * weight + (1 - weight) * value;
    return last / (1 - weight ** (i + 1));
  });
  smooth(values, weight).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12);
  });
});

test("a smoothed line stays between the lowest and the highest value", () => {
  fc.assert(
    fc.property(numbers, weights, (values, weight) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const slack = 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
      for (const value of smooth(values, weight)) {
        expect(value).toBeGreaterThanOrEqual(low - slack);
        expect(value).toBeLessThanOrEqual(high + slack);
      }
    }),
  );
});

test("a bucket of n points weighs as n points of its mean", () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 9 }), weights, (values, count, weight) => {
      const each = values.flatMap((value) => Array.from({ length: count }, () => value));
      const bucketed = smooth(
        values,
        weight,
        values.map(() => count),
      );
      const single = smooth(each, weight).filter((_, i) => i % count === count - 1);
      bucketed.forEach((value, i) => {
        expect(value).toBeCloseTo(single[i]!, 5);
      });
    }),
  );
});

test("a weight out of range is refused by value", () => {
  expect(() => smooth([1], 1)).toThrow("The smoothing weight is 1; give 0 to 0.99.");
  expect(() => smooth([1], Number.NaN)).toThrow(RangeError);
});

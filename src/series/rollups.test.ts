import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeRollups,
  encodeRollups,
  joinRollups,
  ROLLUP_FANOUT,
  ROLLUP_POINTS,
  type Rollups,
  rollUpRollups,
  rollUpValues,
  sliceRollups,
} from "./rollups.ts";

const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const points = fc.array(
  fc.oneof({ weight: 20, arbitrary: finite }, { weight: 1, arbitrary: odd }),
  { minLength: 1, maxLength: 3000, size: "max" },
);

/** What the entry over `values` has to say. */
function expected(values: readonly number[]) {
  const numbers = values.filter(Number.isFinite);
  return {
    count: values.length,
    first: values[0],
    last: values.at(-1),
    min: numbers.length > 0 ? Math.min(...numbers) : Number.NaN,
    max: numbers.length > 0 ? Math.max(...numbers) : Number.NaN,
    nan: values.filter(Number.isNaN).length,
    posInf: values.filter((value) => value === Number.POSITIVE_INFINITY).length,
    negInf: values.filter((value) => value === Number.NEGATIVE_INFINITY).length,
  };
}

function entryOf(rollups: Rollups, at: number) {
  const { count, first, last, min, max, nan, posInf, negInf } = rollups;
  return {
    count: count[at],
    first: first[at],
    last: last[at],
    min: min[at]! + 0,
    max: max[at]! + 0,
    nan: nan?.[at] ?? 0,
    posInf: posInf?.[at] ?? 0,
    negInf: negInf?.[at] ?? 0,
  };
}

test("an entry keeps first, last, minimum and maximum of its points, and counts them, at every level", () => {
  fc.assert(
    fc.property(points, (values) => {
      let level = rollUpValues(Float64Array.from(values));
      for (let span = ROLLUP_POINTS; ; span *= ROLLUP_FANOUT) {
        expect(level.length).toBe(Math.ceil(values.length / span));
        for (let at = 0; at < level.length; at++) {
          const part = values.slice(at * span, (at + 1) * span);
          const { min, max, ...rest } = expected(part);
          expect(entryOf(level, at)).toEqual({ ...rest, min: min + 0, max: max + 0 });
          const sum = part.filter(Number.isFinite).reduce((a, b) => a + b, 0);
          expect(Math.abs(level.sum[at]! - sum)).toBeLessThan(1e-3);
        }
        if (level.length <= 1) break;
        level = rollUpRollups(level);
      }
    }),
    { numRuns: 40 },
  );
});

test("rollups come back from their bytes, joined and cut as they were", () => {
  fc.assert(
    fc.property(points, points, (a, b) => {
      const [left, right] = [a, b].map((values) => rollUpValues(Float64Array.from(values)));
      const joined = joinRollups(left!, right!);
      const decoded = decodeRollups(encodeRollups(joined), joined.length);
      expect(decoded).toEqual(joined);
      const cut = sliceRollups(decoded, left!.length, joined.length);
      for (let at = 0; at < right!.length; at++) {
        expect(entryOf(cut, at)).toEqual(entryOf(right!, at));
      }
    }),
    { numRuns: 40 },
  );
});

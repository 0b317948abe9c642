import fc from "fast-check";
import { expect, test } from "vitest";
import { BucketAccumulator, type PointOrigin } from "./bucket-accumulator.ts";

const GRID = { origin: -10, width: 2 };
const point = fc.record({
  x: fc.integer({ min: -10, max: 29 }),
  value: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -50, max: 50 }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
  ),
});

test("buckets keep first, last, minimum and maximum of their points and count them, whoever brings them in which order", () => {
  fc.assert(
    fc.property(fc.array(point), fc.integer({ min: 1, max: 4 }), (points, sourceCount) => {
      const ordered = points
        .map((p, record) => ({ ...p, record, source: record % sourceCount }))
        .sort((a, b) => a.x - b.x || a.record - b.record);
      const buckets = new BucketAccumulator(GRID, 0, 19);
      for (let source = sourceCount - 1; source >= 0; source--) {
        const own = ordered.filter((p) => p.source === source);
        const origin: PointOrigin = {
          stream: source,
          order: (row) => ({ step: own[row]!.x, writer: 0, record: own[row]!.record }),
        };
        const xs = Float64Array.from(own, (p) => p.x);
        buckets.addPoints(
          origin,
          xs,
          Float64Array.from(own, (p) => p.value),
          0,
          own.length,
        );
      }
      const got = buckets.finish();
      const cells = Map.groupBy(ordered, (p) => Math.floor((p.x + 10) / 2));
      expect(Array.from(got.index)).toEqual(Array.from(cells.keys()));
      Array.from(cells.values()).forEach((members, i) => {
        const numbers = members.map((p) => p.value).filter(Number.isFinite);
        expect(got.count[i]).toBe(members.length);
        expect([got.firstX[i], got.first[i]]).toEqual([members[0]!.x, members[0]!.value]);
        expect([got.lastX[i], got.last[i]]).toEqual([members.at(-1)!.x, members.at(-1)!.value]);
        expect(got.sum[i]).toBe(numbers.reduce((a, b) => a + b, 0));
        expect(got.min[i]).toBe(numbers.length > 0 ? Math.min(...numbers) : Number.NaN);
        expect(got.max[i]).toBe(numbers.length > 0 ? Math.max(...numbers) : Number.NaN);
        expect(got.nan[i] ?? 0).toBe(members.filter((p) => Number.isNaN(p.value)).length);
        expect(got.posInf[i] ?? 0).toBe(members.filter((p) => p.value === Infinity).length);
        expect(got.negInf[i] ?? 0).toBe(members.filter((p) => p.value === -Infinity).length);
      });
    }),
  );
});

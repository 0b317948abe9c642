import fc from "fast-check";
import { expect, test } from "vitest";
import { toFrameRate } from "./frame-rate.ts";

test.for([
  [30, 30, 1],
  [29.97, 2997, 100],
  [23.976, 2997, 125],
  [30_000 / 1001, 30_000, 1001],
  [1 / 3, 1, 3],
  [0.5, 1, 2],
  [1e-9, 1, 1_000_000],
  [1e9, 1_000_000, 1],
] as const)("%d frames a second are %d in %d s", ([fps, frames, seconds]) => {
  expect(toFrameRate(fps)).toEqual({ frames, seconds });
});

test("any rate becomes a fraction of whole numbers up to a million, as near as they can be", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-4, max: 1e4, noNaN: true }), (fps) => {
      const { frames, seconds } = toFrameRate(fps);
      for (const term of [frames, seconds]) {
        expect(Number.isInteger(term) && term >= 1 && term <= 1_000_000).toBe(true);
      }
      expect(Math.abs(frames / seconds / fps - 1)).toBeLessThan(1e-3);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 300 }), (a, b) => {
      const { frames, seconds } = toFrameRate(a / b);
      expect(frames * b).toBe(seconds * a);
    }),
  );
});

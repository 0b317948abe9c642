import fc from "fast-check";
import { expect, test } from "vitest";
import { fitScale, panBy, scaleOf, switchFit, type Zoom, zoomBy } from "./zoom.ts";

const stage = { width: 1000, height: 800 };
const picture = { width: 64, height: 64 };

test("a fitted picture lies within the stage, a small one is enlarged", () => {
  expect(fitScale(picture, stage)).toBe(11);
  expect(fitScale({ width: 4000, height: 100 }, stage)).toBe(0.25);
  expect(fitScale({ width: 1, height: 1 }, stage)).toBe(24);
  expect(fitScale({ width: 0, height: 0 }, stage)).toBe(1);
});

test("what lies under the pointer stays under it while the picture is enlarged", () => {
  const point = fc.record({
    x: fc.integer({ min: -300, max: 300 }),
    y: fc.integer({ min: -300, max: 300 }),
  });
  fc.assert(
    fc.property(point, fc.double({ min: 1, max: 3, noNaN: true }), (at, factor) => {
      const before = { scale: 11, x: 0, y: 0 };
      const after = zoomBy("fit", factor, at, picture, stage) as Exclude<Zoom, "fit">;
      const under = (zoom: { scale: number; x: number }) => (at.x - zoom.x) / zoom.scale;
      expect(under(after)).toBeCloseTo(under(before), 6);
    }),
  );
});

test("double click shows a pixel as a pixel, and fits again", () => {
  const whole = switchFit("fit", { x: 0, y: 0 }, picture, stage);
  expect(scaleOf(whole, picture, stage)).toBeCloseTo(1);
  expect(switchFit(whole, { x: 0, y: 0 }, picture, stage)).toBe("fit");
});

test("a picture can be moved until its edge is in the middle, never off the stage", () => {
  const moved = panBy("fit", { x: 1e6, y: -1e6 }, picture, stage);
  expect(moved).toEqual({ scale: 11, x: 352, y: -352 });
  const tiny = zoomBy("fit", 1e-9, { x: 0, y: 0 }, picture, stage);
  expect(scaleOf(tiny, picture, stage)).toBe(0.25);
  const huge = zoomBy("fit", 1e9, { x: 0, y: 0 }, picture, stage);
  expect(scaleOf(huge, picture, stage)).toBe(64);
});

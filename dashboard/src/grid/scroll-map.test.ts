import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { barAt, isExact, scrollMap, topAfter, topAt } from "./scroll-map.ts";

const million = scrollMap(1_000_000, 28, 600);

describe("a table longer than browsers scroll", () => {
  test("has a bar that browsers can show, and every row can be reached", () => {
    expect(million.barPx).toBeLessThan(10_000_000);
    expect(topAt(million, 0)).toBe(0);
    expect(topAt(million, million.barPx - 600)).toBe(28_000_000 - 600);
  });

  test("bar and table tell each other's places", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 28_000_000 - 600, noNaN: true }), (top) => {
        expect(topAt(million, barAt(million, top))).toBeCloseTo(top, 3);
      }),
    );
  });

  test("farther down the bar is farther down the table", () => {
    const place = fc.double({ min: 0, max: million.barPx - 600, noNaN: true });
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(topAt(million, low)).toBeLessThanOrEqual(topAt(million, high));
      }),
    );
  });

  test("a wheel moves it by what it turned, the bar by what it stands for", () => {
    const top = 14_000_000;
    const bar = barAt(million, top);
    expect(topAfter(million, top, bar, bar + 100)).toBe(top + 100);
    expect(topAfter(million, top, bar, bar + 100_000)).toBe(topAt(million, bar + 100_000));
    expect(topAfter(million, 27_000_000, 7_000_000, million.barPx - 600)).toBe(28_000_000 - 600);
  });
});

test("a short table scrolls as it is", () => {
  const map = scrollMap(100, 28, 600);
  expect(isExact(map)).toBe(true);
  expect(topAt(map, 333)).toBe(333);
  expect(topAfter(map, 0, 0, 2200)).toBe(2200);
});

test("a table that is shorter than its view does not scroll", () => {
  const map = scrollMap(3, 28, 600);
  expect(topAt(map, 50)).toBe(0);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { isKept, shareRows, spreadRows } from "./sample-rows.ts";

const kept = (size: number, share: number) =>
  Array.from({ length: size }, (_, index) => index).filter((index) => isKept(index, size, share));

/** What Trackio 0.43 gives for the same groups: the rows kept of each. */
test.each([
  [[5000], 3000, [2501]],
  [[10000, 1, 1, 1], 3000, [2501, 1, 1, 1]],
  [[4000, 4000, 5], 100, [33, 33, 5]],
  [Array<number>(50).fill(7), 100, Array<number>(50).fill(2)],
  [[20, 30, 50, 1000], 100, [20, 16, 14, 17]],
  [[3, 3, 3, 3, 3, 3, 3, 500], 13, [1, 1, 1, 1, 1, 1, 1, 5]],
])("of groups of %j at most %i rows are chosen as Python chooses them", (sizes, limit, counts) => {
  const shares = shareRows(sizes, limit);
  expect(sizes.map((size, group) => kept(size, shares[group]!).length)).toEqual(counts);
});

test("every 2^k-th row and the last one", () => {
  expect(kept(23, 6)).toEqual([0, 8, 16, 22]);
  expect(kept(5, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(kept(5, 1)).toEqual([4]);
});

test("of few rows all are kept, of many never more than the limit, and what was shown stays", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 30 });
  const property = fc.property(sizes, fc.integer({ min: 1, max: 200 }), (groups, limit) => {
    const shares = shareRows(groups, limit);
    const counts = groups.map((size, group) => kept(size, shares[group]!).length);
    const total = groups.reduce((sum, size) => sum + size, 0);
    if (total <= limit) expect(counts).toEqual(groups);
    else expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(limit);
    const [size, share] = [groups[0]!, shares[0]!];
    if (share > 1) {
      const grown = kept(size + 1, share).slice(0, -1);
      expect(kept(size, share)).toEqual(
        expect.arrayContaining(grown.filter((at) => at < size - 1)),
      );
    }
  });
  fc.assert(property);
});

test("rows spread evenly are those of Python, which rounds halves to even", () => {
  expect(spreadRows(10, 4)).toEqual([0, 3, 6, 9]);
  expect(spreadRows(100, 7)).toEqual([0, 16, 33, 50, 66, 82, 99]);
  expect(spreadRows(6, 5)).toEqual([0, 1, 2, 4, 5]);
  expect(spreadRows(12, 8)).toEqual([0, 2, 3, 5, 6, 8, 9, 11]);
  expect(spreadRows(3, 5)).toEqual([0, 1, 2]);
  expect(spreadRows(3, 1)).toEqual([2]);
});

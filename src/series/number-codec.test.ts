import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeNumbers, encodeFlat, encodeNumbers, encodePlain } from "./number-codec.ts";

const anyNumber = fc.oneof(
  fc.double(),
  fc.float(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
);
/** Columns as they come: all kinds mixed, of one kind, constant, or counting on. */
const columns = fc.oneof(
  fc.array(anyNumber),
  fc.array(fc.float()),
  fc.array(fc.integer({ min: -100, max: 100 })),
  fc.array(fc.integer()),
  fc.array(fc.maxSafeInteger()),
  fc.tuple(anyNumber, fc.nat(100)).map(([value, count]) => new Array<number>(count).fill(value)),
  fc
    .tuple(fc.integer(), fc.integer({ min: -1000, max: 1000 }), fc.nat(300))
    .map(([first, stride, count]) => Array.from({ length: count }, (_, i) => first + i * stride)),
);

/** Bits tell -0 from 0. */
function bitsOf(values: Float64Array): string[] {
  return Array.from(values, (value) => (Object.is(value, -0) ? "-0" : String(value)));
}

for (const encode of [encodeNumbers, encodeFlat, encodePlain]) {
  test(`${encode.name}: decode(encode(v)) is v, bit for bit`, () => {
    fc.assert(
      fc.property(columns, (column) => {
        const values = Float64Array.from(column);
        const decoded = decodeNumbers(encode(values), values.length);
        expect(bitsOf(decoded)).toEqual(bitsOf(values));
      }),
      { numRuns: 300 },
    );
  });

  test(`${encode.name}: a part decodes to the part of the whole`, () => {
    fc.assert(
      fc.property(columns, fc.nat(), fc.nat(), (column, a, b) => {
        const values = Float64Array.from(column);
        const ends = [a, b].map((end) => end % (values.length + 1)).sort((x, y) => x - y);
        const [from, to] = ends as [number, number];
        const decoded = decodeNumbers(encode(values), values.length, from, to);
        expect(bitsOf(decoded)).toEqual(bitsOf(values.slice(from, to)));
      }),
      { numRuns: 300 },
    );
  });
}

test("integers whose difference is beyond 2^53 come back exactly", () => {
  const pairs = [
    [7367623017627783, -1858512047881888],
    [-9007199254740991, -3002399751580331, 3002399751580329, 9007199254740989],
  ];
  for (const pair of pairs) {
    const values = Float64Array.from(pair);
    expect(decodeNumbers(encodeNumbers(values), values.length)).toEqual(values);
  }
});

test("numbers count on, repeat and fit into 32 bits at the price of few bytes", () => {
  const count = 4096;
  const rising = Float64Array.from({ length: count }, (_, i) => 1e12 + 20 * i);
  const same = new Float64Array(count).fill(0.1);
  const single = Float64Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i)));
  expect(encodeNumbers(rising)).toHaveLength(17);
  expect(encodeNumbers(same)).toHaveLength(9);
  expect(encodeNumbers(single).length).toBeLessThanOrEqual(2 + 4 * count);
});

test("bytes that are damaged are refused, not guessed", () => {
  expect(() => decodeNumbers(Uint8Array.of(99), 1)).toThrow("Unknown form 99 of numbers.");
  const bytes = encodeNumbers(Float64Array.of(0.1, 0.2, 0.3));
  expect(() => decodeNumbers(bytes.subarray(0, bytes.length - 1), 3)).toThrow(RangeError);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "./json.ts";
import { decodeValue, encodeValue, isPlainNumber, UnkeepableValueError } from "./values.ts";

const through = (value: unknown) =>
  decodeValue(JSON.parse(JSON.stringify(encodeValue(value))) as Json);

const special = fc.constantFrom(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  2n ** 64n,
  -(2n ** 70n),
  new Date(0),
  Float32Array.of(1, Number.NaN, -0),
  BigInt64Array.of(1n, -(2n ** 63n)),
);
const value = fc.letrec((tie) => ({
  leaf: fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null), special),
  any: fc.oneof(
    { depthSize: "small" },
    tie("leaf"),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant("$")), tie("any"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).any;

test("decodeValue(JSON.parse(JSON.stringify(encodeValue(v)))) is v", () => {
  fc.assert(
    fc.property(value, (v) => {
      expect(through(v)).toStrictEqual(v);
    }),
  );
});

test("a key named __proto__ is a key like any other", () => {
  const logged = JSON.parse('{"__proto__":{"a":1}}') as Json;
  expect(JSON.stringify(through(logged))).toBe('{"__proto__":{"a":1}}');
});

test("numbers that JSON cannot say are told from those it can", () => {
  expect([0, 0.1, 1e308, -5].every(isPlainNumber)).toBe(true);
  expect([-0, Number.NaN, Number.POSITIVE_INFINITY, "1", 1n].some(isPlainNumber)).toBe(false);
});

test("a Map is kept as an object, a Set as an array, an invalid Date as one", () => {
  expect(through(new Map([["a", 1]]))).toEqual({ a: 1 });
  expect(through(new Set([1, 2]))).toEqual([1, 2]);
  expect(through(new Date(Number.NaN))).toEqual(new Date(Number.NaN));
});

test("a function, a symbol and a cycle are refused with their path", () => {
  const cycle: Record<string, unknown> = {};
  cycle.deep = { again: cycle };
  const pathOf = (v: unknown) => {
    try {
      encodeValue(v);
    } catch (error) {
      if (error instanceof UnkeepableValueError) return error.path;
      throw error;
    }
    throw new Error("it was kept");
  };
  expect(pathOf({ layers: [{ forward() {} }] })).toEqual(["layers", "0", "forward"]);
  expect(pathOf(Symbol("x"))).toEqual([]);
  expect(pathOf(cycle)).toEqual(["deep", "again"]);
});

test("what is nested too deeply is refused by the name of what holds it", () => {
  const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)]);
  expect(through(nested(500))).toEqual(nested(500));
  expect(() => encodeValue({ a: { list: nested(499) } })).toThrow(
    "a is nested more than 500 levels deep, which cannot be kept.",
  );
});

test("the same object twice is no cycle", () => {
  const shared = { a: 1 };
  expect(through([shared, shared])).toEqual([{ a: 1 }, { a: 1 }]);
});

test("a form of a later version is refused by name", () => {
  expect(() => decodeValue({ $: "tensor", v: [] })).toThrow(/Unknown value form .*tensor/);
});

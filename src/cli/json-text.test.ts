import { expect, test } from "vitest";
import { encodeValue } from "../protocol/values.ts";
import { jsonDocument, storedToPlainJson, toPlainJson } from "./json-text.ts";

const text = (value: Parameters<typeof toPlainJson>[0]) => JSON.stringify(toPlainJson(value));

test("NaN and ±Infinity are those words", () => {
  expect(text([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).toBe(
    '["NaN","Infinity","-Infinity"]',
  );
});

test("integers beyond 2^53 keep every digit, -0 its sign", () => {
  expect(text({ big: 9007199254740993n, zero: -0 })).toBe('{"big":9007199254740993,"zero":-0}');
});

test("dates are ISO text, typed arrays are arrays", () => {
  expect(
    text({ at: new Date(0), w: Float32Array.of(1, Number.NaN), i: BigInt64Array.of(5n) }),
  ).toBe('{"at":"1970-01-01T00:00:00.000Z","w":[1,"NaN"],"i":[5]}');
});

test("stored values lose their `$` forms", () => {
  const stored = encodeValue({ lr: Number.POSITIVE_INFINITY, seed: 2n ** 64n });
  expect(JSON.stringify(storedToPlainJson(stored))).toBe(
    '{"lr":"Infinity","seed":18446744073709551616}',
  );
});

test("a document ends with a newline", () => {
  expect(jsonDocument({ a: 1 })).toBe('{\n  "a": 1\n}\n');
});

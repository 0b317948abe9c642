import { expect, test } from "vitest";
import type { Json } from "../../../src/protocol/json.ts";
import { encodeValue } from "../../../src/protocol/values.ts";
import {
  cellMedia,
  cellText,
  columnDigits,
  cutText,
  formatNumber,
  wholeText,
} from "./cell-text.ts";

const shown = (value: unknown, digits = 0) => cellText(encodeValue(value), digits).text;

test("numbers of a column have as many digits as were typed, and four significant ones where a machine reckoned", () => {
  expect(columnDigits([0.123, 0.5, 7])).toBe(3);
  expect(columnDigits([0.1 + 0.2])).toBe(1);
  expect(columnDigits([1 / 3, 12])).toBe(4);
  expect(columnDigits([1 / 3, 2 / 3, 0.001_234_567])).toBe(4);
  expect(columnDigits([12_345.678_901_23])).toBe(0);
  expect(columnDigits([3, 4, null, "a"])).toBe(0);
  expect([0.123, 0.5, 7].map((value) => formatNumber(value, 3))).toEqual([
    "0.123",
    "0.500",
    "7.000",
  ]);
});

test("what is not 0 is never shown as 0", () => {
  expect(formatNumber(0.000_012, 3)).toBe("1.2e−5");
  expect(formatNumber(-0.004, 2)).toBe("−4e−3");
  expect(formatNumber(0, 3)).toBe("0.000");
  expect(formatNumber(-0, 3)).toBe("−0");
});

test("whole numbers are as they are, large ones powers of ten, bigints whole", () => {
  expect(formatNumber(1630, 0)).toBe("1630");
  expect(formatNumber(1e21, 0)).toBe("1e21");
  expect(formatNumber(9_007_199_254_740_993n, 0)).toBe("9007199254740993");
});

test("what is no number is named; null is a dash; words are words", () => {
  expect(shown(Number.NaN)).toBe("NaN");
  expect(shown(Number.POSITIVE_INFINITY)).toBe("+Inf");
  expect(shown(Number.NEGATIVE_INFINITY)).toBe("−Inf");
  expect(cellText(null, 0)).toEqual({ text: "–", look: "none" });
  expect(shown(true)).toBe("true");
  expect(shown(new Date("2026-11-03T00:00:00Z"))).toBe("2026-11-03");
  expect(shown(new Date(Number.NaN))).toBe("invalid date");
});

test("lines of a text become one; nested values are JSON, with names for what JSON lacks", () => {
  expect(shown("one\n  two")).toBe("one two");
  expect(shown({ a: [1, Number.NaN, 5n], b: new Date(0) })).toBe(
    '{"a": [1, NaN, 5], "b": 1970-01-01T00:00:00.000Z}',
  );
  expect(shown(Float32Array.of(1, 2))).toBe("Float32Array [1, 2]");
  expect(shown({ $: 1 })).toBe('{"$": 1}');
});

test("a text that is cut says so, and knows its length", () => {
  const cut: Json = { $: "cut", v: "begin", length: 900 };
  expect(cellText(cut, 0).text).toBe("begin…");
  expect(cutText(cut)).toEqual({ text: "begin", length: 900 });
  expect(cutText("whole")).toBeUndefined();
});

test("the whole value has all digits, and JSON lines where it is long", () => {
  expect(wholeText(0.1 + 0.2)).toBe("0.30000000000000004");
  expect(wholeText(encodeValue(5n))).toBe("5");
  expect(wholeText(null)).toBe("null");
  const nested = { letters: "abcdefghij".repeat(8), list: [1, 2] };
  expect(wholeText(encodeValue(nested))).toBe(
    `{\n  "letters": "${nested.letters}",\n  "list": [1, 2]\n}`,
  );
});

test("a picture in a cell is told from text and from what is damaged", () => {
  const fields = { blob: "a".repeat(64), type: "image/png", bytes: 5 };
  expect(cellMedia({ $: "image", v: fields })?.kind).toBe("image");
  expect(cellMedia({ $: "image", v: { blob: "x" } })).toBeUndefined();
  expect(cellMedia("image")).toBeUndefined();
});

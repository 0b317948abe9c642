import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatExactJson, isHarmlessJson, parseExactJson } from "./exact-json.ts";
import { jsonTexts } from "./testing/json-texts.ts";

describe("exact JSON", () => {
  test.for([
    ["9007199254740993", { $: "int", v: "9007199254740993" }],
    ["18446744073709551615", { $: "int", v: "18446744073709551615" }],
    ["9007199254740991", 9007199254740991],
    ["-0.0", { $: "-0" }],
    ["-0", 0],
    ["1e400", { $: "Infinity" }],
    ["-1e400", { $: "-Infinity" }],
    ["NaN", { $: "NaN" }],
    ['{"a":-Infinity}', { a: { $: "-Infinity" } }],
    [
      '{"2":1,"1":2}',
      {
        $: "entries",
        v: [
          ["2", 1],
          ["1", 2],
        ],
      },
    ],
    ['{"1":1,"2":2}', { "1": 1, "2": 2 }],
    ['{"$":1}', { $: "object", v: { $: 1 } }],
    ['{"a":1,"b":2,"a":3}', { a: 3, b: 2 }],
    ['{"":0}', { "": 0 }],
    ['"\\ud800"', "\ud800"],
    ['"a\u0000b"', "a\u0000b"],
    [" [1 , 2.5e3] ", [1, 2500]],
  ])("%s", ([text, value]) => {
    expect(parseExactJson(text as string)).toEqual(value);
  });

  test("keys called __proto__ are keys like any other", () => {
    for (const text of ['{"__proto__":1}', '{"__proto__":9007199254740993,"a":1}']) {
      const value = parseExactJson(text) as object;
      expect(Object.hasOwn(value, "__proto__")).toBe(true);
      expect(formatExactJson(value as never)).toBe(text);
    }
  });

  test.for([
    "",
    "{",
    "[1,]",
    '{"a"}',
    "tru",
    "01",
    "+1",
    ".5",
    "1.",
    '"\\x"',
    "[1]2",
    "[".repeat(100_000),
    '{"a":'.repeat(100_000),
  ])("what is no JSON is undefined: %#", (text) => {
    expect(parseExactJson(text)).toBeUndefined();
  });

  test("bytes that are no UTF-8 become U+FFFD, and a byte order mark is passed over", () => {
    expect(parseExactJson(Uint8Array.of(0x22, 0xff, 0x22))).toBe("\ufffd");
    expect(parseExactJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31))).toBe(1);
  });

  test("what is usual goes through JSON.parse", () => {
    const log = {
      project: "p",
      run: "a",
      run_id: "0e12345678901234567890e999d-0f12",
      metrics: { loss: 0.1234567890123456, n: -12, tiny: 1.5e-7 },
      step: 123456789,
      config: null,
    };
    expect(isHarmlessJson(JSON.stringify({ logs: [log, log] }))).toBe(true);
    expect(isHarmlessJson(JSON.stringify({ logs: [log] }, null, 1))).toBe(true);
  });

  test("formatting what was parsed and parsing it again gives the same", () => {
    fc.assert(
      fc.property(jsonTexts, (text) => {
        const value = parseExactJson(text);
        expect(value).toBeDefined();
        const kept = JSON.parse(JSON.stringify(value));
        expect(kept).toEqual(value);
        const again = parseExactJson(formatExactJson(kept, "text"));
        expect(formatExactJson(again!, "text")).toBe(formatExactJson(kept, "text"));
      }),
      { numRuns: 500 },
    );
  });

  test("a large float is spelled as one: as an integer it would be another number", () => {
    const value = { a: [2 ** 64, -(2 ** 60)], b: { $: "int", v: "18446744073709551615" }, c: 1e21 };
    const text =
      '{"a":[18446744073709552000.0,-1152921504606847000.0],"b":18446744073709551615,"c":1e+21}';
    expect(formatExactJson(value)).toBe(text);
    expect(formatExactJson([2 ** 64])).toBe("[18446744073709552000.0]");
    expect(formatExactJson(2 ** 53)).toBe("9007199254740992.0");
    expect(formatExactJson(2 ** 53 - 1)).toBe("9007199254740991");
    expect(parseExactJson(text)).toEqual(value);
  });

  test("the fast way gives what the slow way gives", () => {
    fc.assert(
      fc.property(jsonTexts, (text) => {
        if (!isHarmlessJson(text)) return;
        let fast: unknown;
        try {
          fast = JSON.parse(text);
        } catch {
          return;
        }
        // A bare NaN beside it asks for the slow way.
        const slow = parseExactJson(`[${text},NaN]`) as unknown[];
        expect(JSON.stringify(slow[0])).toBe(JSON.stringify(fast));
      }),
      { numRuns: 500 },
    );
  });
});

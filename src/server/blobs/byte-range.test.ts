import fc from "fast-check";
import { expect, test } from "vitest";
import { parseByteRange } from "./byte-range.ts";

test.each([
  ["bytes=0-9", { from: 0, to: 10 }],
  ["bytes=90-", { from: 90, to: 100 }],
  ["bytes=-10", { from: 90, to: 100 }],
  ["bytes=-1000", { from: 0, to: 100 }],
  ["bytes=0-99999999999", { from: 0, to: 100 }],
  ["bytes=99-99", { from: 99, to: 100 }],
  ["Bytes = 0 - 9", { from: 0, to: 10 }],
  [`bytes=0-${"9".repeat(400)}`, { from: 0, to: 100 }],
])("%j of 100 bytes is a part of them", (header, range) => {
  expect(parseByteRange(header, 100)).toEqual(range);
});

test.each(["bytes=-0", "bytes=100-", "bytes=100-200", `bytes=${"9".repeat(400)}-`])(
  "%j of 100 bytes lies beyond them",
  (header) => expect(parseByteRange(header, 100)).toBe("unsatisfiable"),
);

test.each([
  undefined,
  "",
  "bytes",
  "bytes=",
  "bytes=-",
  "bytes=5-2",
  "bytes=a-b",
  "bytes=0x1-5",
  "bytes=1.5-2",
  "bytes=--5",
  "lines=1-2",
  "bytes=0-1,5-6",
  `bytes=${Array.from({ length: 20 }, (_, i) => `${i}-${i}`).join(",")}`,
])("%j is answered with the whole", (header) => {
  expect(parseByteRange(header, 100)).toBeUndefined();
});

test("an empty file has no parts", () => {
  for (const header of ["bytes=0-", "bytes=0-0", "bytes=-1"]) {
    expect(parseByteRange(header, 0)).toBe("unsatisfiable");
  }
});

test("whatever is asked for, a range lies within the file and is not empty", () => {
  const header = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(300), fc.nat(300)).map(([from, to]) => `bytes=${from}-${to}`),
    fc.nat(300).map((length) => `bytes=-${length}`),
  );
  fc.assert(
    fc.property(header, fc.nat(200), (text, sizeBytes) => {
      const range = parseByteRange(text, sizeBytes);
      if (typeof range !== "object") return;
      expect(range.from).toBeGreaterThanOrEqual(0);
      expect(range.to).toBeGreaterThan(range.from);
      expect(range.to).toBeLessThanOrEqual(sizeBytes);
    }),
  );
});

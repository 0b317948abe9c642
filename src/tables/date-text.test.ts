import fc from "fast-check";
import { expect, test } from "vitest";
import { dateWriter, soughtInDates } from "./date-text.ts";

test("a date is written as toISOString does, in lower case", () => {
  const write = dateWriter();
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => {
      expect(write(date.getTime())).toBe(date.toISOString().toLowerCase());
    }),
  );
  expect(write(Number.NaN)).toBe("invalid date");
});

test("a space before a time is the sign before it, any other stays one", () => {
  expect(soughtInDates("2026-11-23 09:05")).toBe("2026-11-23t09:05");
  expect(soughtInDates(" 09")).toBe("t09");
  expect(soughtInDates("invalid date")).toBe("invalid date");
});

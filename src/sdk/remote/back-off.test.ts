import { expect, test } from "vitest";
import { BackOff } from "./back-off.ts";

test("pauses grow from 0.5 s to 30 s, and begin anew after success", () => {
  const backOff = new BackOff(() => 1);
  const pauses = Array.from({ length: 9 }, () => backOff.next());
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(backOff.failures).toBe(9);
  backOff.succeeded();
  expect([backOff.failures, backOff.next()]).toEqual([0, 500]);
});

test("two who wait for one server do not come at once: half of each pause is chance", () => {
  const backOff = new BackOff(() => 0);
  expect([backOff.next(), backOff.next()]).toEqual([250, 500]);
});

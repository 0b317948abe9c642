import { expect, test } from "vitest";
import { runSign } from "./run-sign.ts";

test("forty runs in a row have forty signs", () => {
  const signs = Array.from({ length: 40 }, (_, number) => JSON.stringify(runSign(number + 7)));
  expect(new Set(signs).size).toBe(40);
});

test("the sign is the number's, for ever", () => {
  expect(runSign(0)).toEqual({ hue: 0, dash: 0 });
  expect(runSign(14)).toEqual({ hue: 4, dash: 2 });
  expect(runSign(38)).toEqual({ hue: 8, dash: 2 });
});

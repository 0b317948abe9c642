import fc from "fast-check";
import { expect, test } from "vitest";
import { placeTip } from "./place-tip.ts";

test("the tooltip never covers the cursor, on no window", () => {
  const cases = fc.record({
    width: fc.integer({ min: 320, max: 2560 }),
    height: fc.integer({ min: 480, max: 1440 }),
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
    tipWidth: fc.integer({ min: 80, max: 300 }),
    tipHeight: fc.integer({ min: 40, max: 260 }),
  });
  fc.assert(
    fc.property(cases, ({ width, height, x, y, tipWidth, tipHeight }) => {
      const at = { clientX: x * width, clientY: y * height };
      const { left, top } = placeTip(at, { width: tipWidth, height: tipHeight }, { width, height });
      const isCovered =
        at.clientX >= left &&
        at.clientX <= left + tipWidth &&
        at.clientY >= top &&
        at.clientY <= top + tipHeight;
      expect(isCovered).toBe(false);
    }),
  );
});

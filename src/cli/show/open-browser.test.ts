import { expect, test } from "vitest";
import { hasScreen } from "./open-browser.ts";

test("a browser opens where there is a screen, and never in CI", () => {
  expect(hasScreen({ DISPLAY: ":0" }, "linux")).toBe(true);
  expect(hasScreen({ WAYLAND_DISPLAY: "wayland-0" }, "linux")).toBe(true);
  expect(hasScreen({}, "linux")).toBe(false);
  expect(hasScreen({}, "darwin")).toBe(true);
  expect(hasScreen({ CI: "1", DISPLAY: ":0" }, "linux")).toBe(false);
  expect(hasScreen({ DISPLAY: ":0" }, "aix")).toBe(false);
});

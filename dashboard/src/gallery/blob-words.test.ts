import { expect, test } from "vitest";
import type { BlobHash } from "../../../src/protocol/media.ts";
import { describeBlob, fileName, formatBytes } from "./blob-words.ts";

const blob = "0".repeat(64) as BlobHash;

test("a picture is told by its size, type and bytes", () => {
  const fields = { blob, type: "image/png", bytes: 9800, width: 64, height: 48 };
  expect(describeBlob(fields)).toBe("64 × 48 PNG, 9.8 kB");
  expect(describeBlob({ blob, type: "image/svg+xml", bytes: 12 })).toBe("SVG, 12 B");
  const shown = { width: 30, height: 20 };
  expect(describeBlob({ blob, type: "image/svg+xml", bytes: 12 }, shown)).toBe("30 × 20 SVG, 12 B");
  expect(describeBlob(fields, shown)).toBe("64 × 48 PNG, 9.8 kB");
  expect(formatBytes(4_000_000_000)).toBe("4 GB");
});

test("a download is named after key, step and place, whatever the key holds", () => {
  const item = { run: "a", step: 33_000, time: 0, index: 1 };
  const named = (key: string, type: string) =>
    fileName(key, { ...item, fields: { blob, type, bytes: 1 } });
  expect(named("conv/kernels", "image/jpeg")).toBe("conv_kernels_33000_1.jpg");
  expect(named("../../x", "image/svg+xml")).toBe("x_33000_1.svg");
  expect(named("日本", "application/../x")).toMatch(/^media_33000_1\.\w+$/);
});

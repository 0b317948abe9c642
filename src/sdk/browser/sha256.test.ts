import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { sha256 } from "./sha256.ts";

const expected = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("gives what everybody else's SHA-256 gives, at every length around a block", () => {
  for (let length = 0; length < 300; length += 1) {
    const bytes = randomBytes(length);
    expect(sha256(bytes), `${length} bytes`).toBe(expected(bytes));
  }
  const large = randomBytes(3_000_001);
  expect(sha256(large.subarray(1))).toBe(expected(large.subarray(1)));
});

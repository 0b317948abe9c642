import fc from "fast-check";
import { expect, test } from "vitest";
import type { BlobHash } from "../../protocol/media.ts";
import { blobNamesIn, NAME_OVERLAP_BYTES } from "./blob-names.ts";

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("hex") as BlobHash);

const line = fc.oneof(
  hash.map((blob) => ({ line: { $: "image", v: { blob, type: "image/png" } }, names: [blob] })),
  fc.tuple(hash, fc.array(hash, { maxLength: 40 })).map(([blob, blobs]) => ({
    line: { parts: [{ blob, rows: 1 }], blobs },
    names: [blob, ...blobs],
  })),
  fc.tuple(fc.double(), fc.string()).map((line) => ({ line, names: [] as BlobHash[] })),
);

test("every name is found, however the bytes are cut into pieces", () => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 20 }),
      fc.integer({ min: 1, max: 700 }),
      (lines, size) => {
        const bytes = Buffer.from(lines.map(({ line }) => `${JSON.stringify(line)}\n`).join(""));
        const found = new Set<BlobHash>();
        for (let from = 0; from < bytes.length; from += size) {
          const piece = bytes.subarray(Math.max(0, from - NAME_OVERLAP_BYTES), from + size);
          for (const name of blobNamesIn(piece)) found.add(name);
        }
        expect([...found].toSorted()).toEqual(
          [...new Set(lines.flatMap(({ names }) => names))].toSorted(),
        );
      },
    ),
  );
});

test("a text that quotes a name within a text is none", () => {
  const text = JSON.stringify({ blob: `"${"ab".repeat(32)}"`, deep: "cd".repeat(33) });
  expect(blobNamesIn(Buffer.from(text)).size).toBe(0);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { fromFileName, toFileName } from "./file-name.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom("a", "A", "+", "%", "~", ".", "/", "\\", "é", "É"),
    maxLength: 9,
  }),
  fc.constantFrom("", ".", "..", "con", "CON", "nul.txt", "a".repeat(300), "É".repeat(60)),
);

test("two texts never share a file's name, also where upper and lower case are one", () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      if (a !== b) expect(toFileName(a).toLowerCase()).not.toBe(toFileName(b).toLowerCase());
    }),
    { numRuns: 2_000 },
  );
});

test("no name leads out of its folder, or is refused by a file system", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const name = toFileName(text);
      expect(name).toMatch(/^[a-z0-9_%+~.-]{1,120}$/);
      expect(name).not.toMatch(/^\.|\.$|^(con|nul)(\.|$)/);
    }),
    { numRuns: 2_000 },
  );
});

test("what is short comes back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 9 }), (text) => {
      if (text.isWellFormed()) expect(fromFileName(toFileName(text))).toBe(text);
    }),
  );
  expect(toFileName("dainty-sunset-12")).toBe("dainty-sunset-12");
  expect(toFileName("MNIST")).toBe("+m+n+i+s+t");
  expect(toFileName("lr=0.01")).toBe("lr%3d0.01");
});

test("a name that is not ours gives no text", () => {
  for (const name of ["%zz", "UPPER", "a b", "%2e%", "x~0123"]) {
    expect(fromFileName(name)).toBeUndefined();
  }
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { attachmentNamed } from "./content-disposition.ts";

test("a plain name is itself in both forms", () => {
  expect(attachmentNamed("loss curve.png")).toBe(
    "attachment; filename=\"loss curve.png\"; filename*=UTF-8''loss%20curve.png",
  );
});

test("other scripts are for clients that read the second form", () => {
  expect(attachmentNamed("Größe 猫.csv")).toBe(
    "attachment; filename=\"Gr__e _.csv\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%E7%8C%AB.csv",
  );
});

test.each([
  ["../../etc/passwd", "passwd"],
  ["C:\\Windows\\system.ini", "system.ini"],
  ['a"; filename="b.exe', "a_; filename=_b.exe"],
  ["a\r\nSet-Cookie: x=1", "aSet-Cookie_ x=1"],
  ["photo\u202Egnp.exe", "photognp.exe"],
  ["..", "download"],
  ["", "download"],
  ["a/", "download"],
  [".bashrc", "bashrc"],
  ["100%.png", "100%25.png"],
])("the hostile name %j names no other file and no other header", (name, safe) => {
  const encoded = attachmentNamed(name).split("UTF-8''")[1]!;
  expect(decodeURIComponent(encoded)).toBe(decodeURIComponent(safe));
});

test("a name of 300 letters keeps its ending", () => {
  const encoded = attachmentNamed(`${"ü".repeat(300)}.parquet`).split("UTF-8''")[1]!;
  expect(decodeURIComponent(encoded)).toMatch(/^ü{142}\.parquet$/);
});

test("whatever the name, the header has its one form and can be sent", () => {
  const name = fc.string({
    unit: fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "binary-ascii" })),
  });
  fc.assert(
    fc.property(name, (text) => {
      const header = attachmentNamed(text);
      expect(header).toMatch(
        /^attachment; filename="[ -!#-[\]-~]+"; filename\*=UTF-8''[\w.~!#$&+^`|%-]+$/,
      );
      expect(new Headers({ "content-disposition": header }).get("content-disposition")).toBe(
        header,
      );
    }),
  );
});

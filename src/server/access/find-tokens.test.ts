import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findTokens } from "./find-tokens.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "trackio-tokens-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const kept = (name: string) => join(root, "store", name);
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("a token", () => {
  test("is made once a data folder, and only its owner can read it", () => {
    const { write, read } = findTokens(root, { readToken: true }, {});
    expect(write).toMatch(/^[\w-]{43}$/);
    expect(read).toMatch(/^[\w-]{43}$/);
    expect(read).not.toBe(write);
    for (const name of ["write-token", "read-token"]) expect(modeOf(kept(name))).toBe(0o600);
    expect(findTokens(root, { readToken: true }, {})).toEqual({ write, read });
    expect(readdirSync(join(root, "store")).sort()).toEqual(["read-token", "write-token"]);
  });

  test("of a file that others could read is closed to them", () => {
    mkdirSync(join(root, "store"));
    writeFileSync(kept("write-token"), "given-by-hand\n", { mode: 0o644 });
    expect(findTokens(root, {}, {})).toEqual({ write: "given-by-hand" });
    expect(modeOf(kept("write-token"))).toBe(0o600);
  });

  test("is the option's, else the environment's, and then no file is made", () => {
    const env = { TRACKIO_WRITE_TOKEN: "from-env", TRACKIO_READ_TOKEN: "read-env" };
    expect(findTokens(root, {}, env)).toEqual({ write: "from-env", read: "read-env" });
    expect(findTokens(root, { writeToken: "w", readToken: "r" }, env)).toEqual({
      write: "w",
      read: "r",
    });
    expect(findTokens(root, { writeToken: "w", readToken: true }, env).read).toBe("read-env");
    expect(readdirSync(root)).toEqual([]);
  });

  test("that is empty is none: reading stays open, and a write token is made", () => {
    const env = { TRACKIO_WRITE_TOKEN: "", TRACKIO_READ_TOKEN: "" };
    const { write, read } = findTokens(root, {}, env);
    expect(read).toBeUndefined();
    expect(readFileSync(kept("write-token"), "utf8")).toBe(`${write}\n`);
  });

  test.each(["two words", "a;b", "ünïcode", "a\nSet-Cookie: b", "x".repeat(513)])(
    "that no header can hold is refused by its place and never shown: %j",
    (token) => {
      const find = () => findTokens(root, {}, { TRACKIO_WRITE_TOKEN: token });
      expect(find).toThrow(/^TRACKIO_WRITE_TOKEN is no token/);
      expect(find).not.toThrow(token);
    },
  );

  test("of an empty file is not made up: the file is named", () => {
    mkdirSync(join(root, "store"));
    writeFileSync(kept("write-token"), "");
    expect(() => findTokens(root, {}, {})).toThrow(/write-token is empty; remove it/);
  });
});

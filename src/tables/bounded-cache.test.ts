import { expect, test } from "vitest";
import { BoundedCache } from "./bounded-cache.ts";

test("what was used last is kept, up to its bytes", () => {
  const cache = new BoundedCache<string>(100);
  cache.set("a", "A", 40);
  cache.set("b", "B", 40);
  expect(cache.get("a")).toBe("A");
  cache.set("c", "C", 40);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual(["A", undefined, "C"]);
  expect(cache.sizeBytes).toBe(80);
});

test("one entry has at most half of the bytes, and takes the place of a former one", () => {
  const cache = new BoundedCache<string>(100);
  cache.set("a", "A", 50);
  cache.set("a", "AA", 10);
  expect([cache.get("a"), cache.sizeBytes]).toEqual(["AA", 10]);
  cache.set("a", "AAA", 51);
  expect([cache.get("a"), cache.sizeBytes, cache.hasRoomFor(51)]).toEqual([undefined, 0, false]);
});

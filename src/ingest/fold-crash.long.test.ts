import { expect, test } from "vitest";
import { checkExactlyOnce } from "./testing/fold-crash.ts";

test("two folders at once, killed 50 times and begun again, fold every record exactly once", async () => {
  expect.hasAssertions();
  await checkExactlyOnce(50, Date.now());
});

import { expect, test } from "vitest";
import { checkExactlyOnce } from "./testing/fold-crash.ts";

test("two folders at once, killed 10 times and begun again, fold every record exactly once", async () => {
  expect.hasAssertions();
  await checkExactlyOnce(10, 1);
});

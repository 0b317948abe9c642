import { expect, test } from "vitest";
import { inTurn } from "./in-turn.ts";
import { eachTurn, mostInOneTurn } from "./testing/each-turn.ts";

test("what is asked for first is done first, eight in a turn at most", async () => {
  const done: number[] = [];
  const numbers = Array.from({ length: 20 }, (_, i) => i);
  const doAll = () => Promise.all(numbers.map((number) => inTurn(() => done.push(number))));
  expect(await mostInOneTurn(() => done.length, doAll)).toBeLessThanOrEqual(8);
  expect(done).toEqual(numbers);
});

test("of a turn it takes 5 ms, where others take less", async () => {
  let turns = 0;
  using _ = eachTurn(() => {
    turns += 1;
  });
  const turnOf = () =>
    inTurn(() => {
      for (const until = performance.now() + 6; performance.now() < until; );
      return turns;
    });
  const given = await Promise.all([turnOf(), turnOf(), turnOf()]);
  // The others of the first turn may have taken long.
  expect(new Set(given).size).toBeGreaterThan(1);
});

test("what fails tells its own caller, and keeps nobody waiting", async () => {
  const failing = inTurn(() => {
    throw new Error("the disk is full");
  });
  const next = inTurn(() => "done");
  await expect(failing).rejects.toThrow("the disk is full");
  expect(await next).toBe("done");
});

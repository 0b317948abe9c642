import { expect, test } from "vitest";
import { inTurn } from "./in-turn.ts";
import { eachTurn } from "./testing/each-turn.ts";

test("what is asked for first is done first, and whoever else waits has a turn after each", async () => {
  let turn = 0;
  using _ = eachTurn(() => {
    turn += 1;
  });
  const done: { readonly name: string; readonly turn: number }[] = [];
  const note = (name: string) => inTurn(() => done.push({ name, turn }));
  await Promise.all(["a", "b", "c"].map(note));
  expect(done.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(new Set(done.map(({ turn }) => turn)).size).toBe(3);
  expect(await note("d")).toBe(4);
});

test("what fails tells its own caller, and keeps nobody waiting", async () => {
  const failing = inTurn(() => {
    throw new Error("the disk is full");
  });
  const next = inTurn(() => "done");
  await expect(failing).rejects.toThrow("the disk is full");
  expect(await next).toBe("done");
});

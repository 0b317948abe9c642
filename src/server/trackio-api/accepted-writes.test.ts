import { expect, test } from "vitest";
import { AcceptedWrites } from "./accepted-writes.ts";

/** Folds when it is told to. */
class HeldFolder {
  readonly rounds: PromiseWithResolvers<boolean>[] = [];

  catchUp = (): Promise<boolean> => {
    const round = Promise.withResolvers<boolean>();
    this.rounds.push(round);
    return round.promise;
  };
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  const pause = new Promise((resolve) => setImmediate(() => resolve("waits")));
  return (await Promise.race([promise, pause])) !== "waits";
}

test("where nothing was accepted nobody is asked", async () => {
  const folder = new HeldFolder();
  await new AcceptedWrites(folder.catchUp).settle();
  expect(folder.rounds).toHaveLength(0);
});

test("a read waits for what was accepted before it, and not for what came in a round that began too early", async () => {
  const folder = new HeldFolder();
  const accepted = new AcceptedWrites(folder.catchUp);
  accepted.note();
  const first = accepted.settle();
  accepted.note();
  const second = accepted.settle();
  folder.rounds[0]!.resolve(true);
  await first;
  expect(await isSettled(second)).toBe(false);
  folder.rounds[1]!.resolve(true);
  await second;
  await accepted.settle();
  expect(folder.rounds).toHaveLength(2);
});

test("many that read at once ask once", async () => {
  const folder = new HeldFolder();
  const accepted = new AcceptedWrites(folder.catchUp);
  accepted.note();
  const all = Array.from({ length: 10 }, () => accepted.settle());
  folder.rounds[0]!.resolve(true);
  await Promise.all(all);
  expect(folder.rounds).toHaveLength(1);
});

test("after 2 s a read goes on with what there is", async () => {
  const accepted = new AcceptedWrites(
    (limitMs) => new Promise((resolve) => setTimeout(() => resolve(false), limitMs)),
  );
  accepted.note();
  const began = performance.now();
  await accepted.settle();
  expect(performance.now() - began).toBeGreaterThan(1_900);
  expect(performance.now() - began).toBeLessThan(5_000);
});

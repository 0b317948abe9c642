import { expect, test } from "vitest";
import { LoadSlots, slotOf } from "./load-slots.ts";

test("no more load at once than there are slots, the others in the order in which they came", () => {
  const slots = new LoadSlots(2);
  const begun: string[] = [];
  const done = ["a", "b", "c", "d"].map((name) => slots.take(() => begun.push(name)));
  expect(begun).toEqual(["a", "b"]);
  done[1]!();
  expect(begun).toEqual(["a", "b", "c"]);
  done[0]!();
  expect(begun).toEqual(["a", "b", "c", "d"]);
});

test("who leaves while waiting is passed over, and giving back twice gives one slot", () => {
  const slots = new LoadSlots(1);
  const begun: string[] = [];
  const take = (name: string) => slots.take(() => begun.push(name));
  const [first, second] = [take("first"), take("second")];
  take("third");
  second();
  first();
  first();
  take("fourth");
  expect(begun).toEqual(["first", "third"]);
});

test("a turn that is wanted no more is given to the next", async () => {
  const slots = new LoadSlots(1);
  const [first, second, third] = [0, 1, 2].map(() => new AbortController());
  const giveBack = await slotOf(slots, first!.signal);
  const waiting = [slotOf(slots, second!.signal), slotOf(slots, third!.signal)];
  second!.abort();
  await expect(waiting[0]).rejects.toThrow("abort");
  giveBack();
  await expect(waiting[1]).resolves.toBeTypeOf("function");
});

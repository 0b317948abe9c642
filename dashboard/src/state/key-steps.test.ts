import fc from "fast-check";
import { expect, test } from "vitest";
import {
  grownSteps,
  lastStepOf,
  lastUpTo,
  nearestStep,
  toldSteps,
  unionOfSteps,
} from "./key-steps.ts";
import type { KeyedMedia } from "./media-facts.ts";

function media(steps: Readonly<Record<string, readonly number[]>>): KeyedMedia {
  return {
    key: "samples",
    kind: "image",
    runs: Object.entries(steps).map(([run, list]) => ({
      run,
      itemCount: list.length,
      stepCount: list.length,
      mostAtOnce: 1,
      firstStep: list[0]!,
      lastStep: list.at(-1)!,
    })),
  };
}

function held(steps: Readonly<Record<string, readonly number[]>>) {
  return { media: media(steps), byRun: new Map(Object.entries(steps)) };
}

test("a run that goes on by one step is known without a read", () => {
  const grown = grownSteps(held({ a: [0, 10], b: [5] }), media({ a: [0, 10, 20], b: [5] }));
  expect(grown).toEqual(
    new Map([
      ["a", [0, 10, 20]],
      ["b", [5]],
    ]),
  );
});

test("what does not follow from what is held is read: two steps more, a step in between, another run, another key", () => {
  const before = held({ a: [0, 10] });
  expect(grownSteps(before, media({ a: [0, 10, 20, 30] }))).toBeUndefined();
  expect(grownSteps(before, media({ a: [0, 5, 10] }))).toBeUndefined();
  expect(grownSteps(before, media({ a: [0, 10], b: [1] }))).toBeUndefined();
  expect(grownSteps(before, { ...media({ a: [0, 10] }), kind: "video" })).toBeUndefined();
});

test("a run that is no longer shown takes its steps along", () => {
  expect(grownSteps(held({ a: [1], b: [2] }), media({ b: [2] }))).toEqual(new Map([["b", [2]]]));
});

test("what has two steps at most is known without a read, and the last step of anything", () => {
  const few = media({ a: [3], b: [0, 10] });
  expect(toldSteps(few)).toEqual(
    new Map([
      ["a", [3]],
      ["b", [0, 10]],
    ]),
  );
  const many = media({ a: [3], b: [0, 1, 9] });
  expect(toldSteps(many)).toBeUndefined();
  expect(lastStepOf([few, many])).toBe(10);
  expect(lastStepOf([])).toBeUndefined();
});

const rising = fc
  .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1 })
  .map((list) => list.toSorted((a, b) => a - b));

test("the steps of all runs are those of each, rising, each once", () => {
  fc.assert(
    fc.property(fc.array(rising, { maxLength: 4 }), (lists) => {
      const union = unionOfSteps(lists);
      expect(union).toEqual([...new Set(lists.flat())].sort((a, b) => a - b));
    }),
  );
});

test("the nearest step is a step that no other is nearer than, the earlier one of two", () => {
  expect(nearestStep([], 5)).toBeUndefined();
  expect(nearestStep([0, 10], 5)).toBe(0);
  fc.assert(
    fc.property(rising, fc.integer({ min: -60, max: 60 }), (steps, step) => {
      const nearest = nearestStep(steps, step)!;
      const distance = Math.min(...steps.map((one) => Math.abs(one - step)));
      expect(Math.abs(nearest - step)).toBe(distance);
      expect(steps.filter((one) => one <= step).at(-1)).toBe(steps[lastUpTo(steps, step)]);
    }),
  );
});

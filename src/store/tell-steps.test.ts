import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../protocol/json.ts";
import type { RecordBlock } from "./store.ts";
import { tellSteps } from "./tell-steps.ts";

function blockOf(records: readonly number[], steps: readonly Json[]): RecordBlock {
  return {
    keys: [],
    count: records.length,
    records: Float64Array.from(records),
    steps: { kind: "values", values: steps },
    times: new Float64Array(records.length),
    columns: [],
  };
}

test("a record without a step has one more than the highest before it, whichever key set that has", () => {
  const blocks = [blockOf([0, 3, 4], [null, null, 2]), blockOf([1, 2, 5], [7, null, null])];
  expect(tellSteps(blocks, () => undefined).map(({ steps }) => [...steps.values])).toEqual([
    [0, 9, 2],
    [7, 8, 10],
  ]);
});

test("steps follow exactly beyond 2^53, after fractions and below zero", () => {
  const told = (highest: number | bigint) => [
    ...tellSteps([blockOf([0], [null])], () => highest)[0]!.steps.values,
  ];
  expect(told(2 ** 53 - 1)).toEqual([{ $: "int", v: "9007199254740992" }]);
  expect(told(2n ** 70n)).toEqual([{ $: "int", v: String(2n ** 70n + 1n) }]);
  expect(told(0.5)).toEqual([1]);
  expect(told(-3)).toEqual([-2]);
});

test("however the records are cut, each gets the same step; what is left out gets none", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ step: fc.option(fc.integer({ min: -3, max: 9 })), isNew: fc.boolean() }),
        { maxLength: 12 },
      ),
      fc.nat(12),
      (records, cut) => {
        const isNew = (record: number) => records[record]!.isNew;
        const block = (from: number, to: number) =>
          blockOf(
            records.slice(from, to).map((_, i) => from + i),
            records.slice(from, to).map(({ step }) => step),
          );
        const stepsOf = (from: number, to: number, highest: number | undefined) => [
          ...tellSteps([block(from, to)], () => highest, isNew)[0]!.steps.values,
        ];
        const at = Math.min(cut, records.length);
        const first = stepsOf(0, at, undefined);
        const kept = first.filter((_, i) => isNew(i)) as number[];
        const highest = kept.length === 0 ? undefined : Math.max(...kept);
        const whole = stepsOf(0, records.length, undefined);
        const seen = (steps: readonly Json[]) => steps.filter((_, i) => isNew(i));
        expect(seen([...first, ...stepsOf(at, records.length, highest)])).toEqual(seen(whole));
      },
    ),
  );
});

test("where every record has a step nothing is asked and nothing is made", () => {
  const blocks = [blockOf([0], [{ $: "int", v: "5" }])];
  expect(tellSteps(blocks, () => expect.unreachable())).toBe(blocks);
});

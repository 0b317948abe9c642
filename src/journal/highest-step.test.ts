import { appendFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readHighestStep } from "./highest-step.ts";
import { encodeStepField, higherStep, type Step } from "./step-field.ts";
import { beginJournal } from "./testing/begin-journal.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const anyStep = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
);

test("the last whole record of a journal tells the highest step of its file", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 10 }), (steps) => {
      const journal = beginJournal(temporaryFolder());
      let highest: Step | undefined;
      for (const step of steps) {
        highest = higherStep(highest, step) as Step;
        journal.append(journal.keySet(["a"]), [0, encodeStepField(step, highest), 1, 1]);
      }
      journal.close();
      expect(readHighestStep(journal.path)).toEqual(highest);
    }),
    { numRuns: 50 },
  );
});

test("events, damaged and torn lines behind the last record are passed over, however long they are", () => {
  const journal = beginJournal(temporaryFolder());
  journal.append(journal.keySet(["a"]), [0, 7, 1, 1]);
  journal.appendEvent({ time: 2, config: { text: "x".repeat(100_000) } });
  journal.close();
  appendFileSync(journal.path, '[0,99,1]extra\n[0,"x",1,1]\n[0,8,17');
  expect(readHighestStep(journal.path)).toBe(7);
});

test("a journal without a record, or that is gone, tells none", () => {
  const journal = beginJournal(temporaryFolder());
  journal.close();
  expect(readHighestStep(journal.path)).toBeUndefined();
  expect(readHighestStep(`${journal.path}.gone`)).toBeUndefined();
});

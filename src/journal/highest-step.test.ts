import { appendFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readHighestStep } from "./highest-step.ts";
import { JournalWriter } from "./journal-writer.ts";
import { encodeStepField, higherStep, nextStep, type Step } from "./step-field.ts";
import { beginJournal, beginRun } from "./testing/begin-journal.ts";
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

test("records behind the last one with a step have one more each", () => {
  fc.assert(
    fc.property(
      fc.option(anyStep, { nil: undefined }),
      fc.option(anyStep, { nil: undefined }),
      fc.nat(5),
      (before, last, following) => {
        const journal = beginJournal(temporaryFolder());
        const set = journal.keySet(["a"]);
        journal.append(set, [0, null, 1, 1]);
        let highest = nextStep(before);
        if (last !== undefined) {
          journal.append(set, [0, encodeStepField(last, last), 1, 1]);
          highest = higherStep(before, last) as Step;
        }
        for (let i = 0; i < following; i += 1) {
          journal.append(set, [0, null, 1, 1]);
          highest = nextStep(highest);
        }
        journal.close();
        expect(readHighestStep(journal.path, before)).toEqual(highest);
      },
    ),
    { numRuns: 50 },
  );
});

test("system metrics have steps of their own", () => {
  const folder = temporaryFolder();
  const { run } = beginRun(folder, { name: "a" });
  const config = { long: "x".repeat(20_000) };
  const journal = JournalWriter.create(folder, { run, time: 1, config, lane: "system" });
  journal.append(journal.keySet(["cpu"]), [0, 7, 1, 1]);
  journal.close();
  expect(readHighestStep(journal.path)).toBeUndefined();
  expect(readHighestStep(journal.path, 3)).toBe(3);
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

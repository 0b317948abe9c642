import { expect, test } from "vitest";
import { countTests, formatCount } from "./test-count.ts";

const green = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: "passed", assertionResults: [{}, {}, {}] }],
};

test("all passed", () => {
  expect(formatCount(countTests(green, 0))).toBe("3 passed, 0 failed");
});

test("skipped tests are counted and named", () => {
  const count = countTests({ ...green, numPendingTests: 2 }, 0);
  expect(formatCount(count)).toBe("3 passed, 0 failed, 2 skipped");
});

test("a file that could not be loaded is a failure", () => {
  const testResults = [...green.testResults, { status: "failed", assertionResults: [] }];
  expect(countTests({ ...green, testResults }, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
});

test("an error outside of every test is a failure", () => {
  expect(countTests(green, 1).failed).toBe(1);
});

test("a run without a report is a failure", () => {
  expect(countTests(undefined, 0).failed).toBe(1);
});

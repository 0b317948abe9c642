import { expect, test } from "vitest";
import {
  addCounts,
  countTests,
  countUnhandled,
  crashedFiles,
  filesToRepeat,
  formatCount,
  listFailed,
  type VitestReport,
} from "./test-count.ts";

const passed = { status: "passed" };
const green: VitestReport = {
  testResults: [
    { name: "/a.test.ts", status: "passed", assertionResults: [passed, passed, passed] },
  ],
};

function withFile(...results: VitestReport["testResults"]): VitestReport {
  return { testResults: [...green.testResults, ...results] };
}

test("all passed", () => {
  expect(formatCount(countTests(green, 0))).toBe("3 passed, 0 failed");
});

test("skipped tests are counted and named", () => {
  const assertionResults = [{ status: "skipped" }, { status: "todo" }];
  const count = countTests(withFile({ name: "/b.test.ts", status: "passed", assertionResults }), 0);
  expect(formatCount(count)).toBe("3 passed, 0 failed, 2 skipped");
});

test("a test that failed is counted, and a file that could not be loaded", () => {
  const bad = { name: "/b.test.ts", status: "failed", assertionResults: [{ status: "failed" }] };
  const unloaded = { name: "/c.test.ts", status: "failed", assertionResults: [] };
  const count = countTests(withFile(bad, unloaded), 1);
  expect(count).toEqual({ passed: 3, failed: 2, skipped: 0 });
});

test("an error outside of every test is a failure", () => {
  expect(countTests(green, 1).failed).toBe(1);
});

test("a run without a report is a failure", () => {
  expect(countTests(undefined, 0).failed).toBe(1);
});

test("a file in which the engine died is left to the run that counts it", () => {
  const printed = [
    "Vitest caught 1 unhandled error during the test run.",
    "\u001b[31mCaused by: Error\u001b[22m: Worker exited unexpectedly with signal SIGSEGV during started state while running test file /b.test.ts\u001b[39m",
  ].join("\n");
  expect([...crashedFiles(printed)]).toEqual([["/b.test.ts", "SIGSEGV"]]);
  expect(countUnhandled(printed)).toBe(1);
  expect(countUnhandled("all is well")).toBe(0);
  const first = withFile({
    name: "/b.test.ts",
    status: "failed",
    assertionResults: [passed, { status: "pending" }],
  });
  const rest = countTests(first, 0, [...crashedFiles(printed).keys()]);
  expect(addCounts(rest, countTests(green, 0))).toEqual({ passed: 6, failed: 0, skipped: 0 });
});

test("what failed is named with the first line of why", () => {
  const failing = {
    status: "failed",
    fullName: "a chart shows its range",
    failureMessages: ["expected 1 to be 2\n    at x.ts:1"],
  };
  const bad = { name: "/b.test.ts", status: "failed", assertionResults: [passed, failing] };
  const unloaded = {
    name: "/c.test.ts",
    status: "failed",
    message: "Cannot find 'x'",
    assertionResults: [],
  };
  expect(listFailed(withFile(bad, unloaded))).toEqual([
    { file: "/b.test.ts", name: "a chart shows its range", why: "expected 1 to be 2" },
    { file: "/c.test.ts", name: "", why: "Cannot find 'x'" },
  ]);
  expect(listFailed(undefined)).toEqual([]);
});

test("a few files are tried again, many are not, nor after an error outside of every test", () => {
  const accident = { crashed: ["/a"], failed: ["/b", "/b", "/c"], unhandledCount: 1 };
  expect(filesToRepeat(accident)).toEqual(["/a", "/b", "/c"]);
  expect(filesToRepeat({ ...accident, failed: ["/b", "/c", "/d"] })).toEqual(["/a"]);
  expect(filesToRepeat({ ...accident, crashed: ["/a", "/e", "/f"], unhandledCount: 3 })).toEqual(
    [],
  );
  expect(filesToRepeat({ ...accident, unhandledCount: 2 })).toEqual([]);
});

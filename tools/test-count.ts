/** What Vitest runs came to, from their JSON reports. */

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of Vitest's `--reporter=json` that is read here. */
export interface VitestReport {
  readonly testResults: readonly {
    /** The test file's path. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Counts tests. A file that could not be loaded is one failure, and a run
 * that failed without naming a test (an error outside of every test) is one too.
 * @param without Paths of files that are left out, since another run counts them.
 */
export function countTests(
  report: VitestReport | undefined,
  exitCode: number,
  without: readonly string[] = [],
): TestCount {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const files = report.testResults.filter(({ name }) => !without.includes(name));
  const statuses = files.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const unloaded = files.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const passed = statuses.filter((status) => status === "passed").length;
  const failed = statuses.filter((status) => status === "failed").length + unloaded;
  return {
    passed,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: statuses.length + unloaded - passed - failed,
  };
}

export function addCounts(a: TestCount, b: TestCount): TestCount {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** `12 passed, 0 failed`, and how many were skipped where some were. */
export function formatCount(count: TestCount): string {
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
  return `${count.passed} passed, ${count.failed} failed${skipped}`;
}

const CRASH =
  /Worker exited unexpectedly with signal (SIG\w+) [^\n]*?while running test file (\S+\.tsx?)/g;

/** Test files in which the engine itself died, with the signal, from what Vitest printed. */
export function crashedFiles(printed: string): ReadonlyMap<string, string> {
  return new Map(Array.from(printed.matchAll(CRASH), ([, signal, file]) => [file!, signal!]));
}

/** How many errors outside of tests Vitest told of. */
export function countUnhandled(printed: string): number {
  return Number(/Vitest caught (\d+) unhandled error/.exec(printed)?.[1] ?? 0);
}

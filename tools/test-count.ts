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
    /** Why the file could not be loaded, where it could not. */
    readonly message?: string;
    readonly assertionResults: readonly VitestResult[];
  }[];
}

interface VitestResult {
  readonly status: string;
  /** The test's name behind those of its groups. */
  readonly fullName?: string;
  readonly failureMessages?: readonly string[];
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

/** A test that failed, or a whole file that could not be loaded. */
export interface FailedTest {
  /** The test file's path. */
  readonly file: string;
  /** e.g. `deletion frees what nothing else refers to`; empty for a whole file. */
  readonly name: string;
  /** The first line of why. */
  readonly why: string;
}

export function listFailed(report: VitestReport | undefined): FailedTest[] {
  return (report?.testResults ?? []).flatMap(({ name: file, status, message, assertionResults }) =>
    status === "failed" && assertionResults.length === 0
      ? [{ file, name: "", why: firstLine(message) }]
      : assertionResults
          .filter((result) => result.status === "failed")
          .map(({ fullName = "", failureMessages }) => ({
            file,
            name: fullName,
            why: firstLine(failureMessages?.[0]),
          })),
  );
}

function firstLine(text = ""): string {
  return text.split("\n", 1)[0]!;
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

/** More crashes than that are no accident. */
const MOST_CRASHED = 2;
/** Nor are more files with failures. */
const MOST_FAILED = 2;

/**
 * Files that are run once more; empty where what went wrong is no accident.
 * @param what.crashed Files in which the engine died.
 * @param what.failed Files with failed tests, as far as they may be tried again.
 * @param what.unhandledCount Errors outside of tests; a crash is one.
 */
export function filesToRepeat(what: {
  readonly crashed: readonly string[];
  readonly failed: readonly string[];
  readonly unhandledCount: number;
}): string[] {
  const crashed = new Set(what.crashed);
  const failed = new Set(what.failed);
  if (what.unhandledCount !== crashed.size || crashed.size > MOST_CRASHED) return [];
  return [...crashed, ...(failed.size <= MOST_FAILED ? failed : [])];
}

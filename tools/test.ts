/**
 * `npm test`: builds what is missing or out of date (the browser and the
 * packed package are tested as they ship), runs every test, and ends with the
 * line `N passed, N failed`. `--long` runs the long ones instead; other
 * arguments go to Vitest: `npm test -- src/journal`.
 *
 * What failed is named once more right before that line, where a log that was
 * cut still has it. Two kinds of files are run once more, by themselves, and
 * it is said: those in which Node itself died (V8's own checks, or a signal,
 * once in some hundreds of worker threads), which says nothing about their
 * tests; and, with `CI` set, a few that failed while all others ran beside
 * them, since a machine that stood still for seconds is no fault of the code.
 */

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { installedCommand, ROOT, runCommand, runListening } from "./run-command.ts";
import {
  addCounts,
  countTests,
  countUnhandled,
  crashedFiles,
  type FailedTest,
  filesToRepeat,
  formatCount,
  listFailed,
  type TestCount,
  type VitestReport,
} from "./test-count.ts";

const REPORT = join(ROOT, ".cache", `test-report-${process.pid}.json`);

const long = process.argv.includes("--long");
const others = process.argv.slice(2).filter((argument) => argument !== "--long");
// All but the long ones, so that no project can be forgotten here.
const project = long ? "long" : "!long";

const buildCode = await runCommand(process.execPath, ["tools/build.ts", "--if-needed"]);
if (buildCode === 0) {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  const count = await runTests();
  process.stdout.write(`${formatCount(count)}\n`);
  process.exitCode = count.failed > 0 ? 1 : 0;
} else {
  process.stdout.write("0 passed, 1 failed\n");
  process.exitCode = 1;
}

async function runTests(): Promise<TestCount> {
  const first = await vitest(others);
  const crashed = crashedFiles(first.printed);
  const failed = listFailed(first.report).filter(({ file }) => !crashed.has(file));
  const files = filesToRepeat({
    crashed: [...crashed.keys()],
    failed: process.env.CI === undefined ? [] : failed.map(({ file }) => file),
    unhandledCount: countUnhandled(first.printed),
  });
  const repeated = failed.filter(({ file }) => files.includes(file));
  tell("Failed", without(failed, repeated));
  if (files.length === 0) return countTests(first.report, first.exitCode);
  for (const [file, signal] of crashed) {
    process.stdout.write(`Node itself died by ${signal} in ${file}; it is run once more.\n`);
  }
  tell("Failed, and its file is run once more", repeated);
  const again = await vitest(files);
  const failedAgain = listFailed(again.report);
  tell("Failed twice", failedAgain);
  tell("Failed at first only", without(repeated, failedAgain));
  const rest = countTests(first.report, 0, files);
  return addCounts(rest, countTests(again.report, again.exitCode));
}

function without(tests: readonly FailedTest[], others: readonly FailedTest[]): FailedTest[] {
  return tests.filter(
    ({ file, name }) => !others.some((other) => other.file === file && other.name === name),
  );
}

function tell(what: string, tests: readonly FailedTest[]): void {
  for (const { file, name, why } of tests) {
    process.stdout.write(`${what}: ${relative(ROOT, file)} > ${name} (${why})\n`);
  }
}

async function vitest(args: readonly string[]) {
  const { exitCode, printed } = await runListening(installedCommand("vitest"), [
    "run",
    `--project=${project}`,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${REPORT}`,
    ...args,
  ]);
  return { exitCode, printed, report: readReport() };
}

function readReport(): VitestReport | undefined {
  if (!existsSync(REPORT)) return undefined;
  const report: VitestReport = JSON.parse(readFileSync(REPORT, "utf8"));
  rmSync(REPORT);
  return report;
}

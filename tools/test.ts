/**
 * `npm test`: builds what is missing or out of date (the browser and the
 * packed package are tested as they ship), runs every test, and ends with the
 * line `N passed, N failed`. `--long` runs the long ones instead; other
 * arguments go to Vitest: `npm test -- src/journal`.
 *
 * Once in some hundreds of worker threads Node itself dies (V8's own checks, or
 * a signal), which says nothing about the tests of that file: they are run once
 * more, and it is said.
 */

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installedCommand, ROOT, runCommand, runListening } from "./run-command.ts";
import {
  addCounts,
  countTests,
  countUnhandled,
  crashedFiles,
  formatCount,
  type TestCount,
  type VitestReport,
} from "./test-count.ts";

const REPORT = join(ROOT, ".cache", `test-report-${process.pid}.json`);
/** More crashes than that are no accident. */
const MOST_CRASHED = 2;

const long = process.argv.includes("--long");
const others = process.argv.slice(2).filter((argument) => argument !== "--long");
const projects = long ? ["long"] : ["node", "browser"];

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
  const isAccident =
    crashed.size > 0 &&
    crashed.size <= MOST_CRASHED &&
    countUnhandled(first.printed) === crashed.size;
  if (!isAccident) return countTests(first.report, first.exitCode);
  for (const [file, signal] of crashed) {
    process.stdout.write(`Node itself died by ${signal} in ${file}; it is run once more.\n`);
  }
  const files = [...crashed.keys()];
  const rest = countTests(first.report, 0, files);
  const again = await vitest(files);
  return addCounts(rest, countTests(again.report, again.exitCode));
}

async function vitest(args: readonly string[]) {
  const { exitCode, printed } = await runListening(installedCommand("vitest"), [
    "run",
    ...projects.flatMap((project) => ["--project", project]),
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

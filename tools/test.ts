/**
 * `npm test`: builds what is missing or out of date (the browser and the
 * packed package are tested as they ship), runs every test, and ends with the
 * line `N passed, N failed`. `--long` runs the long ones instead; other
 * arguments go to Vitest: `npm test -- src/journal`.
 */

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installedCommand, ROOT, runCommand } from "./run-command.ts";
import { countTests, formatCount, type VitestReport } from "./test-count.ts";

const REPORT = join(ROOT, ".cache", `test-report-${process.pid}.json`);

const long = process.argv.includes("--long");
const others = process.argv.slice(2).filter((argument) => argument !== "--long");
const projects = long ? ["long"] : ["node", "browser", "python"];

const buildCode = await runCommand(process.execPath, ["tools/build.ts", "--if-needed"]);
if (buildCode === 0) {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  const exitCode = await runCommand(installedCommand("vitest"), [
    "run",
    ...projects.flatMap((project) => ["--project", project]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${REPORT}`,
    ...others,
  ]);
  const count = countTests(readReport(), exitCode);
  process.stdout.write(`${formatCount(count)}\n`);
  process.exitCode = count.failed > 0 ? 1 : 0;
} else {
  process.stdout.write("0 passed, 1 failed\n");
  process.exitCode = 1;
}

function readReport(): VitestReport | undefined {
  if (!existsSync(REPORT)) return undefined;
  const report: VitestReport = JSON.parse(readFileSync(REPORT, "utf8"));
  rmSync(REPORT);
  return report;
}

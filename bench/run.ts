/**
 * `npm run bench [-- --short] [-- --only NAME] [-- --json FILE]`: measures
 * every `bench/*.bench.ts`, each in a process of its own, one after the other,
 * so that none is measured beside another's heap or threads.
 *
 * Ends with exit code 1 where a row misses its target. With `--short` (CI on
 * a machine that others use too) only a miss by more than 3 × counts, and only
 * one that comes again: what is slow by chance is measured once more.
 */

import { fork } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runCommand } from "../tools/run-command.ts";
import { type BenchRow, missFactor } from "./bench-row.ts";
import { formatRows } from "./bench-table.ts";

const GROSS_MISS = 3;
const FOLDER = fileURLToPath(new URL(".", import.meta.url));

const { values: options } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    json: { type: "string" },
  },
});

const files = readdirSync(FOLDER).filter(
  (name) => name.endsWith(".bench.ts") && name.includes(options.only),
);
if (files.length === 0) {
  process.stderr.write(`No bench's name holds "${options.only}".\n`);
  process.exitCode = 2;
} else if ((await runCommand(process.execPath, ["tools/build.ts", "--if-needed"])) !== 0) {
  process.exitCode = 1;
} else {
  process.exitCode = await measureAll();
}

async function measureAll(): Promise<number> {
  const rows: BenchRow[] = [];
  const broken: string[] = [];
  for (const [index, file] of files.entries()) {
    process.stderr.write(`[${index + 1}/${files.length}] ${basename(file, ".bench.ts")} …\n`);
    const measured = options.short ? await measureTwice(file) : await measureFile(file);
    if (measured === undefined) broken.push(file);
    else rows.push(...measured);
  }
  process.stdout.write(formatRows(rows));
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
  }
  for (const file of broken) process.stderr.write(`bench/${file} ended without rows.\n`);
  const limit = options.short ? GROSS_MISS : 1;
  const missed = rows.filter((row) => !row.holds && missFactor(row) > limit);
  const outcome = missed.length === 0 ? "all within" : `${missed.length} beyond`;
  process.stdout.write(
    `${rows.length} rows, ${outcome} ${options.short ? `${GROSS_MISS} × the target` : "the target"}\n`,
  );
  return missed.length > 0 || broken.length > 0 ? 1 : 0;
}

/** Measures a file again where a row missed its target by far; of each row the better one. */
async function measureTwice(file: string): Promise<readonly BenchRow[] | undefined> {
  const first = await measureFile(file);
  if (first === undefined || first.every((row) => missFactor(row) <= GROSS_MISS)) return first;
  process.stderr.write("  far off; once more …\n");
  const second = await measureFile(file);
  return first.map((row) => {
    const again = second?.find(({ name }) => name === row.name);
    return again !== undefined && missFactor(again) < missFactor(row) ? again : row;
  });
}

/** Rows of one file, measured in a process of its own; undefined where it failed, with its error on stderr. */
function measureFile(file: string): Promise<readonly BenchRow[] | undefined> {
  return new Promise((resolve) => {
    let rows: readonly BenchRow[] | undefined;
    const child = fork(`${FOLDER}run-one.ts`, [file, options.short ? "short" : "full"], {
      execArgv: ["--expose-gc"],
    });
    child.on("message", (message) => {
      rows = message as readonly BenchRow[];
    });
    child.on("close", (code) => resolve(code === 0 ? rows : undefined));
  });
}

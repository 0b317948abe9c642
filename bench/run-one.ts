/** The child of `bench/run.ts`: measures the one file it is given and sends its rows to the parent. */

import type { BenchRows } from "./bench-row.ts";

const [file, size] = process.argv.slice(2);
const { rows }: { rows: BenchRows } = await import(`./${file}`);
const measured = await rows({ short: size === "short" });
process.send?.(measured, () => process.exit(0));

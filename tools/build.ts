/**
 * `npm run build`: what `npm pack` ships. The rooms of `src` become JavaScript
 * and types in `dist/<room>`, the dashboard becomes `dist/dashboard`.
 *
 * Each part is built beside and then moved into its place, so that whatever
 * runs from `dist` sees the former build or the new one, for a moment nothing,
 * and never files of both. `--if-needed` builds only what has changed inputs.
 */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { fingerprintInputs, forgetBuild, isBuilt, noteBuild } from "./build-inputs.ts";
import { bundleEntries } from "./bundle-entries.ts";
import { installedCommand, ROOT, runCommand } from "./run-command.ts";

const DIST = join(ROOT, "dist");
const BESIDE = join(ROOT, ".cache", "build");

if (process.argv.includes("--if-needed") && isBuilt(ROOT)) {
  process.stdout.write("dist is up to date.\n");
} else {
  process.exitCode = await build();
}

async function build(): Promise<number> {
  const fingerprint = fingerprintInputs(ROOT);
  forgetBuild(ROOT);
  rmSync(BESIDE, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  for (const [what, make] of [
    ["src → dist", buildRooms],
    ["dashboard → dist/dashboard", buildDashboard],
  ] as const) {
    const beganAt = performance.now();
    process.stdout.write(`Building ${what} …\n`);
    const code = await make();
    if (code !== 0) {
      process.stderr.write(`The build stopped at ${what}; its messages are above.\n`);
      return code;
    }
    process.stdout.write(`  done in ${((performance.now() - beganAt) / 1000).toFixed(1)} s\n`);
  }
  chmodSync(join(ROOT, "bin", "trackio.js"), 0o755);
  noteBuild(ROOT, fingerprint);
  printSizes();
  return 0;
}

async function buildRooms(): Promise<number> {
  const outDir = join(BESIDE, "rooms");
  const code = await runCommand(installedCommand("tsc"), [
    "-p",
    "tsconfig.build.json",
    "--outDir",
    outDir,
  ]);
  if (code !== 0) return code;
  await bundleEntries(outDir, join(BESIDE, "bundles"));
  for (const entry of readdirSync(DIST)) {
    if (entry !== "dashboard") rmSync(join(DIST, entry), { recursive: true });
  }
  for (const room of readdirSync(outDir)) renameSync(join(outDir, room), join(DIST, room));
  return 0;
}

async function buildDashboard(): Promise<number> {
  if (!existsSync(join(ROOT, "dashboard", "vite.config.ts"))) {
    process.stdout.write("  There is no dashboard/vite.config.ts; the dashboard is left out.\n");
    return 0;
  }
  const outDir = join(BESIDE, "dashboard");
  const code = await runCommand(installedCommand("vite"), [
    "build",
    "dashboard",
    "--config",
    "dashboard/vite.config.ts",
    "--outDir",
    outDir,
    "--emptyOutDir",
    "--logLevel",
    "warn",
  ]);
  if (code !== 0) return code;
  rmSync(join(DIST, "dashboard"), { recursive: true, force: true });
  renameSync(outDir, join(DIST, "dashboard"));
  return 0;
}

/** One line a room: how many files, how large. */
function printSizes(): void {
  for (const entry of readdirSync(DIST).sort()) {
    const files = readdirSync(join(DIST, entry), { recursive: true, withFileTypes: true }).filter(
      (file) => file.isFile(),
    );
    const bytes = files.reduce(
      (sum, file) => sum + statSync(join(file.parentPath, file.name)).size,
      0,
    );
    process.stdout.write(
      `  dist/${entry.padEnd(10)} ${String(files.length).padStart(4)} files ${(bytes / 1024).toFixed(0).padStart(6)} KiB\n`,
    );
  }
}

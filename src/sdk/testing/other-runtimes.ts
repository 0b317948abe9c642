/** Scripts in Bun and Deno, which come with `npm ci` for these tests. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { DataFolder } from "../../journal/data-folder.ts";
import { type ScriptEnd, SDK } from "./run-script.ts";

export interface Runtime {
  readonly name: string;
  /** What stands before the script's path. */
  readonly command: readonly string[];
}

const require = createRequire(import.meta.url);

/** What Deno has to be allowed for the SDK: docs/runtimes.md names the same. */
export const DENO_RIGHTS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  "--allow-net",
  "--allow-run",
];

/** Those that are installed: there is no Bun or Deno for every platform. */
export const OTHER_RUNTIMES: readonly Runtime[] = [
  { name: "Bun", command: [binaryOf("bun")] },
  { name: "Deno", command: [binaryOf("deno"), "run", "--no-prompt", "--quiet", ...DENO_RIGHTS] },
].filter(({ command: [program] }) => program !== "");

/** Runs `body` as a module in which `trackio` is the SDK and `tell(text)` writes a line to stdout at once. */
export function startIn(
  runtime: Runtime,
  folder: DataFolder,
  body: string,
  env: NodeJS.ProcessEnv = {},
) {
  const path = join(folder.root, "script", `script-${Math.random().toString(36).slice(2)}.mjs`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `import { writeSync } from "node:fs";
import process from "node:process";
import * as trackio from ${JSON.stringify(SDK)};
const tell = (text) => { writeSync(1, text + "\\n"); };
${body}`,
  );
  const [program, ...before] = runtime.command as [string, ...string[]];
  const child = spawn(program, [...before, path], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TRACKIO_MODE: "", TRACKIO_DIR: folder.root, ...env },
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const told = { output: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told.output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    told.errors += text;
  });
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    process: child,
    /** Returns once stdout holds `text`; fails where the script ends before. */
    async told(text: string): Promise<void> {
      while (!told.output.includes(text)) {
        const next = once(child.stdout, "data").then(() => true);
        const isOpen = await Promise.race([next, closed.then(() => false)]);
        if (!isOpen && !told.output.includes(text))
          throw new Error(`It ended first: ${told.errors}`);
      }
    },
    async ended(): Promise<ScriptEnd> {
      const [code, signal] = await closed;
      return { code, signal, ...told };
    },
  };
}

/** The program itself: what npm puts before it would be the one that a signal ends. Empty where it is not installed. */
function binaryOf(name: "bun" | "deno"): string {
  const { platform, arch } = process;
  const ending = platform === "win32" ? ".exe" : "";
  const candidates: { readonly [name: string]: readonly (readonly [string, string])[] } = {
    // The first is what its install script has put there.
    bun: [
      ["bun", "bin/bun.exe"],
      [`@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`, `bin/bun${ending}`],
    ],
    deno: [[`@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`, `deno${ending}`]],
  };
  const paths = (candidates[name] ?? []).flatMap(([pack, file]) => {
    const folder = folderOf(pack);
    return folder === undefined ? [] : [join(folder, file)];
  });
  return paths.find((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1e6) ?? "";
}

function folderOf(pack: string): string | undefined {
  try {
    return dirname(require.resolve(`${pack}/package.json`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

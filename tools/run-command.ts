import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository's folder, with `/` at its end. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The path of a command that came with `npm ci`, e.g. `tsc`. */
export function installedCommand(name: string): string {
  return `${ROOT}node_modules/.bin/${name}`;
}

/**
 * Runs a command to its end with this terminal as its own.
 * @returns its exit code; 128 + the signal's number is not told apart from 1.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
      env: options.env ?? process.env,
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** As {@link runCommand}; what the command prints is also given back. */
export function runListening(
  command: string,
  args: readonly string[],
): Promise<{ readonly exitCode: number; readonly printed: string }> {
  return new Promise((resolve, reject) => {
    const colors = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...colors },
    });
    const pieces: Buffer[] = [];
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.on("data", (piece: Buffer) => {
        pieces.push(piece);
        to.write(piece);
      });
    }
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ exitCode: code ?? 1, printed: Buffer.concat(pieces).toString() }),
    );
  });
}

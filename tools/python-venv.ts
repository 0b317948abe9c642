/**
 * Python environments with the unmodified `trackio` package, against which our
 * server is proven: made in `.cache/python` from the pinned files in
 * `interop/`, once, and used again as long as these and the Python are the same.
 *
 * A machine need not have Python: what is missing comes back as a sentence,
 * and the tests that want it are skipped. `node tools/python-venv.ts` makes all
 * of them and fails where one cannot be made; it is the step of `.ci/run`.
 */

import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { ROOT } from "./run-command.ts";

/** Files of pinned packages by the name of the environment. */
const REQUIREMENTS = {
  "trackio-0.43": "interop/requirements.txt",
  "trackio-0.36": "interop/requirements-0.36.txt",
} as const;

export type VenvName = keyof typeof REQUIREMENTS;

/** The path of the environment's Python, or why there is none. */
export type Venv =
  | { readonly python: string; readonly missing?: never }
  | { readonly python?: never; readonly missing: string };

/** Lowest minor version of Python 3 that the pinned packages run on. */
const LOWEST_MINOR = 11;
const COMMANDS = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
const FOLDER = join(ROOT, ".cache", "python");
const PYTHON_IN_VENV = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];

const run = promisify(execFile);

/** The environment of that name, made where it is not there yet (half a minute, over the network). */
export async function makePythonVenv(name: VenvName): Promise<Venv> {
  const found = await findPython();
  if (found.missing !== undefined) return found;
  const requirements = join(ROOT, REQUIREMENTS[name]);
  const key = createHash("sha256")
    .update(`${found.version}\0${readFileSync(requirements)}`)
    .digest("hex")
    .slice(0, 16);
  // Names the folder of a finished environment; appears whole.
  const note = join(FOLDER, `${name}-${key}`);
  return noted(note) ?? (await build(found.python, requirements, note));
}

function noted(note: string): Venv | undefined {
  if (!existsSync(note)) return undefined;
  const python = join(FOLDER, readFileSync(note, "utf8"), ...PYTHON_IN_VENV);
  // The Python that it was made from may have been removed since.
  if (existsSync(python)) return { python };
  rmSync(note, { force: true });
  return undefined;
}

/** Two may build at once: each in a folder of its own, and the first one to end is used by both. */
async function build(basePython: string, requirements: string, note: string): Promise<Venv> {
  const name = `venv-${randomBytes(6).toString("hex")}`;
  const folder = join(FOLDER, name);
  mkdirSync(FOLDER, { recursive: true });
  try {
    await run(basePython, ["-m", "venv", folder]);
    const python = join(folder, ...PYTHON_IN_VENV);
    const install = ["install", "--quiet", "--no-input", "--disable-pip-version-check"];
    await run(python, ["-m", "pip", ...install, "--requirement", requirements]);
    const draft = `${note}.${name}`;
    writeFileSync(draft, name);
    const isFirst = publish(draft, note);
    rmSync(draft);
    if (!isFirst) rmSync(folder, { recursive: true, force: true });
    return noted(note) ?? { python };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return { missing: `No Python environment could be made: ${lastLine(error)}` };
  }
}

function publish(draft: string, note: string): boolean {
  try {
    linkSync(draft, note);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The first Python that is new enough and can make environments; `PYTHON` names one to be taken. */
async function findPython(): Promise<(Venv & { python: string; version: string }) | Missing> {
  const { PYTHON } = process.env;
  let missing = `There is no Python 3.${LOWEST_MINOR} or newer (python3 in PATH, or PYTHON).`;
  for (const command of PYTHON === undefined ? COMMANDS : [PYTHON]) {
    const asked = await ask(command);
    if (asked === undefined || asked.minor < LOWEST_MINOR) continue;
    if (asked.canMakeVenv) return { python: command, version: asked.version };
    missing = `${command} cannot make environments: its module venv is missing (Debian: apt-get install python3-venv).`;
  }
  return { missing };
}

type Missing = Venv & { missing: string };

interface AskedPython {
  readonly version: string;
  readonly minor: number;
  readonly canMakeVenv: boolean;
}

const QUESTION = `
import json, sys
from importlib.util import find_spec
print(json.dumps({"version": sys.version + sys.base_prefix, "minor": sys.version_info[1] if sys.version_info[0] == 3 else 0,
                  "canMakeVenv": bool(find_spec("venv") and find_spec("ensurepip"))}))`;

async function ask(command: string): Promise<AskedPython | undefined> {
  try {
    const { stdout } = await run(command, ["-c", QUESTION], { timeout: 20_000 });
    return JSON.parse(stdout) as AskedPython;
  } catch {
    // It is not there, or is something else: the next one may do.
    return undefined;
  }
}

/** What pip or venv said at the end; else the error's own words. */
function lastLine(error: unknown): string {
  const { stderr, stdout, message } = error as { stderr?: string; stdout?: string } & Error;
  const said = `${stdout ?? ""}\n${stderr ?? ""}`.trim().split("\n").at(-1);
  return said !== undefined && said !== "" ? said : message;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const name of Object.keys(REQUIREMENTS) as VenvName[]) {
    const { python, missing } = await makePythonVenv(name);
    process.stdout.write(`${name}: ${python ?? missing}\n`);
    if (missing !== undefined) process.exitCode = 1;
  }
}

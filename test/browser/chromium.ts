/**
 * Finds a Chromium for the browser tests and the dashboard's bench.
 *
 * On Linux x64 one comes with `npm ci` (`@sparticuz/chromium`), compressed; it
 * is unpacked once into a folder named after its version, under a name of its
 * own first, so that two processes never see half a browser. Elsewhere
 * CHROMIUM_PATH or an installed Chrome does; without any, browser tests count
 * as skipped.
 */

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Browser, chromium as playwright } from "playwright-core";

/** Where a browser lies and what it needs in its environment. */
export interface ChromiumPlace {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

const INSTALLED = [
  "/usr/bin/google-chrome",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** The browser to use, unpacked where that is needed; undefined where there is none. */
export async function findChromium(): Promise<ChromiumPlace | undefined> {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen !== undefined && chosen !== "") return { path: chosen, env: {} };
  if (process.platform === "linux" && process.arch === "x64") return packedChromium();
  const path = INSTALLED.find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : { path, env: {} };
}

/** Starts the browser of `place`, headless. */
export async function launchChromium(place: ChromiumPlace): Promise<Browser> {
  return playwright.launch({
    executablePath: place.path,
    env: { ...definedEnv(), ...place.env },
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

async function packedChromium(): Promise<ChromiumPlace> {
  const folder = join(tmpdir(), `trackio-chromium-${packedVersion()}`);
  if (!existsSync(join(folder, "ready"))) await unpackInto(folder);
  return {
    path: join(folder, "chromium"),
    env: {
      LD_LIBRARY_PATH: [join(folder, "al2023", "lib"), process.env.LD_LIBRARY_PATH]
        .filter((part) => part !== undefined && part !== "")
        .join(":"),
      FONTCONFIG_FILE: join(folder, "fonts.conf"),
    },
  };
}

function packedVersion(): string {
  const require = createRequire(import.meta.url);
  const entry = dirname(require.resolve("@sparticuz/chromium"));
  const { version } = require(join(entry, "..", "package.json")) as { version: string };
  return version;
}

/** The package unpacks below TMPDIR and reads its environment while being imported; both are put back afterwards. */
async function unpackInto(folder: string): Promise<void> {
  const draft = await mkdtemp(`${folder}.`);
  const kept = definedEnv();
  try {
    process.env.TMPDIR = draft;
    process.env.AWS_LAMBDA_JS_RUNTIME = "nodejs22.x";
    const { default: packed } = await import("@sparticuz/chromium");
    await packed.executablePath();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
    Object.assign(process.env, kept);
  }
  await mkdir(join(draft, "fonts-cache"), { recursive: true });
  await writeFile(join(draft, "fonts.conf"), fontsConfig(folder));
  await writeFile(join(draft, "ready"), "");
  await rename(draft, folder).catch(async (error: unknown) => {
    // Another process was faster: its folder is as good.
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(join(folder, "ready"))) throw error;
  });
}

/** The package's own list names folders of its makers' machines; this one names the system's fonts and those unpacked. */
function fontsConfig(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>${join(folder, "fonts")}</dir>
  <cachedir>${join(folder, "fonts-cache")}</cachedir>
</fontconfig>
`;
}

function definedEnv(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(entries) as Record<string, string>;
}

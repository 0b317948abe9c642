/**
 * The package as it ships: packed, installed in an empty folder by an ordinary
 * `npm install`, and used there. `npm test` has built `dist` before.
 */

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OTHER_RUNTIMES } from "../../src/sdk/testing/other-runtimes.ts";
import { readLink } from "../../tools/read-link.ts";
import { installedCommand, ROOT } from "../../tools/run-command.ts";

/** Installing from a slow registry takes its time. */
const INSTALL_MS = 180_000;

let folder: string;
let env: NodeJS.ProcessEnv;

/** Runs a command in the folder to its end; what it printed. Where it fails, all that it said is the error's text. */
function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = runToEnd(command, ...args);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} (${status}): ${stdout}${stderr}`);
  return stdout;
}

function runToEnd(command: string, ...args: readonly string[]) {
  return spawnSync(command, args, { cwd: folder, env, encoding: "utf8" });
}

/** Runs a script there, as ESM. */
function runScript(source: string): string {
  writeFileSync(join(folder, "script.mjs"), source);
  return run(process.execPath, "script.mjs");
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trackio-pack-"));
  env = { ...process.env, TRACKIO_DIR: join(folder, "data"), CI: "1" };
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { version } = readPackageFile(ROOT);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  run("npm", "install", "--no-audit", "--no-fund", `./trackio-${version}.tgz`);
}, INSTALL_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function readPackageFile(root: string) {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly version: string;
    readonly bin: { readonly trackio: string };
    readonly exports: {
      readonly [Entry in "." | "./browser"]: { readonly types: string; readonly default: string };
    };
  };
}

test("every file that package.json names is in the package, and no source or test", () => {
  const root = join(folder, "node_modules", "trackio");
  const { bin, exports } = readPackageFile(root);
  const entries = [exports["."], exports["./browser"]].flatMap((entry) => [
    entry.types,
    entry.default,
  ]);
  for (const path of [bin.trackio, ...entries]) {
    expect(existsSync(join(root, path)), path).toBe(true);
  }
  expect(existsSync(join(root, "dist/dashboard/index.html"))).toBe(true);
  const licenses = readFileSync(join(root, "dist/dashboard/licenses.md"), "utf8");
  expect(licenses).toMatch(/solid-js[\s\S]*uplot/i);
  const shipped: { readonly files: readonly { readonly path: string }[] }[] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: ROOT,
      encoding: "utf8",
    }),
  );
  const strangers = (shipped[0]?.files ?? [])
    .map((file) => file.path)
    .filter((path) =>
      /\.test\.|\.contract\.|\/testing\/|^src\/|^test\/|(?<!\.d)\.tsx?$/.test(path),
    );
  expect(strangers).toEqual([]);
});

test("importing the SDK loads no dependency", () => {
  const loaded = runScript(`
    import { registerHooks } from "node:module";
    const urls = [];
    registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
    await import("trackio");
    console.log(JSON.stringify(urls.filter((url) => url.startsWith("file:"))));
  `);
  const files: string[] = JSON.parse(loaded);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((url) => !url.includes("/node_modules/trackio/dist/"))).toEqual([]);
});

test("a script logs, and npx trackio lists what it logged", () => {
  runScript(`
    import * as trackio from "trackio";
    trackio.init({ project: "packed", name: "first", config: { lr: 0.1 } });
    trackio.log({ loss: 0.5 });
    trackio.log({ loss: 0.25 });
    await trackio.finish();
  `);
  const listed = JSON.parse(run("npx", "trackio", "list", "runs", "--project", "packed", "--json"));
  expect(listed.runs).toEqual(["first"]);
  expect(listed.records[0]).toMatchObject({ status: "finished", num_logs: 2, last_step: 1 });
});

const PICTURES = `
    import { existsSync, readdirSync, readFileSync } from "node:fs";
    import { join } from "node:path";
    import * as trackio from "trackio";
    trackio.init({ project: "packed media" });
    const pixels = new Uint8Array(8 * 6 * 3).fill(200);
    trackio.log({ picture: new trackio.Image(pixels, { shape: [8, 6, 3] }) });
    const frames = new Uint8Array(5 * 3 * 16 * 16).fill(100);
    trackio.log({ video: new trackio.Video(frames, { shape: [5, 3, 16, 16], fps: 10 }) });
    const blobs = join(process.env.TRACKIO_DIR, "store/blobs");
    const files = () => readdirSync(blobs, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name));
    for (let look = 0; look < 300 && files().length < 2; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await trackio.finish();
    console.log(JSON.stringify(files().map((file) =>
      readFileSync(join(file.parentPath, file.name)).toString("latin1", 0, 8).replace(/[^a-zA-Z]/g, ""))));
  `;

test("pictures and videos that a script logs are made in a thread of the package", () => {
  expect(JSON.parse(runScript(PICTURES)).toSorted()).toEqual(["PNG", "ftyp"]);
});

test.each(OTHER_RUNTIMES)("so they are in $name, from the same package", ({ name, command }) => {
  const [program, ...before] = command as [string, ...string[]];
  writeFileSync(join(folder, "script.mjs"), `import process from "node:process";\n${PICTURES}`);
  const dir = join(folder, `data-${name}`);
  const told = spawnSync(program, [...before, "script.mjs"], {
    cwd: folder,
    env: { ...env, TRACKIO_DIR: dir },
    encoding: "utf8",
  });
  expect(told).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(told.stdout).toSorted()).toEqual(["PNG", "ftyp"]);
  const listed = run(
    "npx",
    "trackio",
    "list",
    "runs",
    "--project",
    "packed media",
    "--dir",
    dir,
    "--json",
  );
  expect(JSON.parse(listed).records[0]).toMatchObject({ status: "finished", num_logs: 2 });
});

test("npx trackio --version tells the version", () => {
  expect(run("npx", "trackio", "--version")).toBe(`trackio ${readPackageFile(ROOT).version}\n`);
});

test("npx trackio show answers and serves the dashboard, and ends with 0 when interrupted", async () => {
  const server = spawn(
    process.execPath,
    ["node_modules/trackio/bin/trackio.js", "show", "--no-open", "--port", "0"],
    { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(server, "exit");
  try {
    const url = await readLink(server);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    const html = await page.text();
    const script = /<script[^>]+src="([^"]+)"/.exec(html)?.[1];
    expect(script).toBeDefined();
    expect((await fetch(new URL(script ?? "", url))).status).toBe(200);
    const answer = await fetch(new URL("/api/v1/projects", url));
    expect(await answer.json()).toMatchObject({
      projects: expect.arrayContaining([expect.objectContaining({ name: "packed", runCount: 1 })]),
    });
  } finally {
    server.kill("SIGINT");
  }
  expect(await ended).toEqual([0, null]);
});

test("its types are found and hold, without other packages' types", () => {
  const source = `
    import * as trackio from "trackio";
    const run = trackio.init({ project: "typed", config: { lr: 0.1 } });
    const rate: number = run.config.lr;
    run.log({ loss: rate });
    // @ts-expect-error a project is needed
    trackio.init({});
    import * as page from "trackio/browser";
    const inPage = page.init({ project: "typed", serverUrl: "http://localhost:1", config: { lr: 0.1 } });
    inPage.log({ lr: inPage.config.lr, table: new page.Table([{ a: 1 }]) });
    // @ts-expect-error a page needs a server
    page.init({ project: "typed" });
  `;
  writeFileSync(join(folder, "script.ts"), source);
  const compilerOptions = {
    strict: true,
    module: "nodenext",
    target: "es2022",
    lib: ["es2022", "esnext.disposable"],
    types: [],
    noEmit: true,
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["script.ts"] }),
  );
  expect(run(installedCommand("tsc"), "-p", ".")).toBe("");
});

test("an older Node gets one sentence and exit code 1", () => {
  const trackio = join(folder, "node_modules/trackio/bin/trackio.js");
  const source = `
    Object.defineProperty(process.versions, "node", { value: "20.11.1" });
    await import(${JSON.stringify(trackio)});
  `;
  writeFileSync(join(folder, "old.mjs"), source);
  expect(runToEnd(process.execPath, "old.mjs")).toMatchObject({
    status: 1,
    stdout: "",
    stderr:
      "trackio needs Node 22.18 or newer; this is Node 20.11.1. Install a newer Node (https://nodejs.org) and try again.\n",
  });
});

import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import * as trackio from "./index.ts";
import { readRun, readRuns } from "./testing/on-disk.ts";
import { runScript } from "./testing/run-script.ts";

/** As a script without types would call it. */
const initLoosely = trackio.init as (options: unknown) => trackio.Run;

test.each([
  [undefined, /init\(\) is undefined; give it an object/],
  [{}, /project is undefined; give it a name, e\.g\. "mnist"/],
  [{ project: " " }, /project is " "/],
  [{ project: "p", name: "" }, /name is ""/],
  [{ project: "p", projcet: "q" }, /no option "projcet"; did you mean "project"\?/],
  [{ project: "p", reinit: true }, /no option "reinit"; it has project, name/],
  [{ project: "p", resume: "yes" }, /resume is "yes"; choose "never" or "allow" or "must"/],
  [{ project: "p", resume: "must" }, /resume is "must" without a name or id/],
  [
    { project: "p", resume: "must", name: "n" },
    /No run named "n" in project "p" of .*resume: "allow"/,
  ],
  [{ project: "p", resume: "must", id: "i" }, /No run with the id "i" in project "p"/],
  [{ project: "p", config: [1] }, /config is an array; give an object/],
  [{ project: "p", config: { _x: 1 } }, /config has the key "_x"; keys that begin with "_"/],
  [{ project: "p", tags: "a" }, /tags is "a"; give an array of words/],
  [{ project: "p", tags: ["a", ""] }, /tags has "" in it; give an array of words/],
  [{ project: "p", group: 3 }, /group is 3; give a text/],
  [{ project: "p", id: "a\nb" }, /id is "a\\nb"; a run id has 1 to 128 printable characters/],
  [{ project: "p", id: "\ud800" }, /id is "\\ud800"; a run id has 1 to 128 printable characters/],
  [{ project: "p", mode: "offline" }, /mode is "offline"; choose "on" or "disabled"/],
  [{ project: "p", serverUrl: "localhost" }, /serverUrl is "localhost"; give an address/],
  [
    { project: "p", serverUrl: "ftp://h/?write_token=secret" },
    /serverUrl is "ftp:\/\/h\/\?write_token=…"/,
  ],
  [{ project: "p", serverUrl: "http://me:secret@h" }, /serverUrl is "http:\/\/…@h"/],
  [{ project: "p", serverUrl: "http://h", writeToken: "two words" }, /^(?!.*two words).*no header/],
  [
    { project: "p", serverUrl: "http://h", exitTimeoutMs: -1 },
    /exitTimeoutMs is -1; give a number/,
  ],
])("misuse %j throws at once, naming value, place and remedy", (options, message) => {
  const { root } = temporaryFolder();
  const given = options === undefined ? undefined : { ...options, dir: root };
  expect(() => initLoosely(given)).toThrow(message);
  expect(readdirSync(root)).toEqual([]);
});

test("a folder that cannot be written to is named with its remedy", () => {
  const folder = temporaryFolder();
  writeFileSync(folder.storePath, "a file where a folder should be");
  expect(() => trackio.init({ project: "p", dir: folder.root })).toThrow(
    /Cannot write in .* \(E\w+\); set TRACKIO_DIR/,
  );
});

test.runIf(process.platform === "linux")(
  "a place where no folder can be made is named, not tried for ever",
  () => {
    expect(() => trackio.init({ project: "p", dir: "/proc/trackio" })).toThrow(
      /Cannot write in \/proc\/trackio \(ENOENT\); set TRACKIO_DIR/,
    );
  },
);

test("a link that leads nowhere is named", () => {
  const { root } = temporaryFolder();
  symlinkSync(join(root, "gone"), join(root, "link"));
  expect(() => trackio.init({ project: "p", dir: join(root, "link") })).toThrow(
    /Cannot write in .*link \(ENOENT\); set TRACKIO_DIR/,
  );
});

test("too many open files are told with the remedy", async () => {
  const body = `
    try {
      for (;;) trackio.init({ project: "p" });
    } catch (error) {
      tell(error.code + ": " + error.message);
    }`;
  const command = ["bash", "-c", `ulimit -n 40; exec "$0" "$@"`, process.execPath];
  const { code, output } = await runScript(temporaryFolder(), body, { command });
  expect(output).toMatch(/^unavailable: Too many open files .*; finish\(\) the runs/);
  expect(code).toBe(0);
});

test("whatever else the system refuses is told with its name", async () => {
  const body = `try { trackio.init({ project: "p" }); } catch (error) { tell(error.message); }`;
  const command = ["bash", "-c", `trap "" XFSZ; ulimit -f 0; exec "$0" "$@"`, process.execPath];
  const { output } = await runScript(temporaryFolder(), body, { command });
  expect(output).toMatch(/^Cannot write in .* \(EFBIG\); set TRACKIO_DIR/);
});

test("a run is on disk when init returns, with all that it was given", async () => {
  const folder = temporaryFolder();
  const run = trackio.init({
    project: "My Project",
    name: "first",
    config: { lr: 0.1, nested: { layers: [1, 2] }, nan: Number.NaN },
    group: "g",
    tags: ["a", "b"],
    notes: "n",
    dir: folder.root,
  });
  const { head, header } = readRun(folder);
  const identity = {
    id: run.id,
    project: "My Project",
    projectKey: "MyProject",
    name: "first",
    number: 0,
    group: "g",
    tags: ["a", "b"],
    notes: "n",
  };
  expect(head).toMatchObject({ run: identity, state: "running" });
  expect(header?.run).toEqual(head.run);
  expect(header?.config).toEqual({ lr: 0.1, nested: { layers: [1, 2] }, nan: { $: "NaN" } });
  expect(head.config).toEqual(header?.config);
  expect(run.config.lr).toBe(0.1);
  expect(run.config.nan).toBeNaN();
  await run.finish();
});

test("default names are readable and unique in the project", async () => {
  const { root } = temporaryFolder();
  await trackio.init({ project: "p", name: "brave-forest-2", dir: root }).finish();
  const names = [];
  for (let i = 0; i < 3; i += 1) {
    const run = trackio.init({ project: "p", dir: root });
    names.push(run.name);
    await run.finish();
  }
  for (const name of names) expect(name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  expect(new Set(names).size).toBe(3);
});

test("an id is taken once unless the run is resumed", async () => {
  const { root } = temporaryFolder();
  await trackio.init({ project: "p", id: "one", dir: root }).finish();
  expect(() => trackio.init({ project: "p", id: "one", dir: root })).toThrow(
    /Run "one" exists already in project "p"; give another id, or resume: "allow"/,
  );
});

test("mode disabled gives a run of the same shape that touches no disk", async () => {
  const { root } = temporaryFolder();
  const run = trackio.init({ project: "p", mode: "disabled", dir: root, config: { lr: 1 } });
  trackio.log({ loss: 1 }, { step: 3 });
  run.config.set({ lr: 2 });
  run.summary.set({ best: 1 });
  expect(run.config.lr).toBe(2);
  expect(run.summary.best).toBe(1);
  expect(run.url).toBeUndefined();
  expect(await trackio.finish()).toMatchObject({ project: "p", recordCount: 0, warnings: [] });
  expect(readdirSync(root)).toEqual([]);
});

test("TRACKIO_MODE=disabled does the same, and an unknown mode is told", async () => {
  const folder = temporaryFolder();
  const body = `trackio.init({ project: "p" }); trackio.log({ a: 1 }); await trackio.finish();`;
  const disabled = await runScript(folder, body, { env: { TRACKIO_MODE: "disabled" } });
  expect(disabled).toMatchObject({ code: 0, errors: "" });
  expect(existsSync(folder.storePath)).toBe(false);
  const unknown = await runScript(folder, body, { env: { TRACKIO_MODE: "offline" } });
  expect(unknown.errors).toMatch(/TRACKIO_MODE is "offline"; choose "on" or "disabled"/);
});

test("before the first init, log and finish say what is missing", async () => {
  const body = `
    try { trackio.log({ a: 1 }); } catch (error) { tell(error.message); }
    try { trackio.finish(); } catch (error) { tell(error.message); }`;
  const { output } = await runScript(temporaryFolder(), body);
  expect(output.match(/call trackio\.init\(/g)).toHaveLength(2);
});

test("a second init leaves the first run open; the module's functions act on the latest", async () => {
  const folder = temporaryFolder();
  const first = trackio.init({ project: "p", name: "a", dir: folder.root });
  const second = trackio.init({ project: "p", name: "b", dir: folder.root });
  trackio.log({ loss: 2 });
  first.log({ loss: 1 });
  await trackio.finish();
  first.log({ loss: 0 });
  await first.finish();
  const rows = readRuns(folder).map(({ head, rows }) => [head.run.id, rows]);
  expect(Object.fromEntries(rows)).toEqual({
    [first.id]: [{ loss: 1 }, { loss: 0 }],
    [second.id]: [{ loss: 2 }],
  });
});

test("await using finishes the run", async () => {
  const folder = temporaryFolder();
  {
    await using run = trackio.init({ project: "p", dir: folder.root });
    run.log({ a: 1 });
  }
  expect(readRun(folder).head).toMatchObject({ state: "finished", highestStep: 0 });
});

test("the run's url is the dashboard's while one shows this folder", async () => {
  const folder = temporaryFolder();
  const run = trackio.init({ project: "My Project", dir: folder.root });
  expect(run.url).toBeUndefined();
  mkdirSync(folder.storePath, { recursive: true });
  const announce = (pid: number) =>
    writeFileSync(folder.serverFile, JSON.stringify({ url: "http://127.0.0.1:7860/", pid }));
  announce(process.pid);
  expect(run.url).toBe(`http://127.0.0.1:7860/?project=MyProject&run_ids=${run.id}`);
  announce(2 ** 22 + 1);
  expect(run.url).toBeUndefined();
  writeFileSync(folder.serverFile, '{"url":');
  expect(run.url).toBeUndefined();
  await run.finish();
});

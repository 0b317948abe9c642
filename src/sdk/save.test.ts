import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../journal/testing/temporary-folder.ts";
import type { SavedFile } from "../protocol/media.ts";
import * as trackio from "./index.ts";
import { openRun } from "./testing/logged-media.ts";
import { readRun } from "./testing/on-disk.ts";
import { runScript } from "./testing/run-script.ts";

/** A run, and a working folder with these files. */
function openWith(files: { readonly [path: string]: string | Uint8Array }) {
  const opened = openRun();
  const dir = temporaryFolder().root;
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(dir, path, ".."), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  const former = process.cwd();
  process.chdir(dir);
  onTestFinished(() => process.chdir(former));
  const saved = () => readRun(opened.folder).events.flatMap(({ file }) => file ?? []);
  const read = ({ blob }: SavedFile) =>
    readFileSync((opened.blobs.find(blob) as { path: string }).path, "utf8");
  return { ...opened, dir, saved, read };
}

test("a file is kept as it is, under its path relative to the working folder", async () => {
  const { dir, read, run, saved, told } = openWith({
    "model.json": '{"layers":3}',
    "out/weights.bin": Uint8Array.of(0, 1, 2),
    "notes of today.md": "# hi",
    "train.log": "épo",
    empty: "",
  });
  const paths = [
    "model.json",
    join(dir, "out", "weights.bin"),
    pathToFileURL(join(dir, "notes of today.md")),
    "./out/../train.log",
    "empty",
  ];
  const kept = paths.flatMap((path) => run.save(path));
  writeFileSync(join(dir, "model.json"), "changed afterwards");
  expect(kept.map(({ path, type, bytes }) => [path, type, bytes])).toEqual([
    ["model.json", "application/json", 12],
    ["out/weights.bin", "application/octet-stream", 3],
    ["notes of today.md", "text/markdown", 4],
    ["train.log", "text/plain", 4],
    ["empty", "text/plain", 0],
  ]);
  expect(saved()).toEqual(kept);
  expect(read(kept[0]!)).toBe('{"layers":3}');
  expect(await run.finish()).toMatchObject({ blobCount: 5, warnings: [] });
  expect(told()).toEqual([]);
});

test("a glob keeps all files that it matches; a file that is called like one is that file", () => {
  const { run, saved, told } = openWith({
    "out/a.json": "1",
    "out/b.json": "2",
    "out/c.txt": "3",
    "out/deep.json/d.json": "4",
    "x[1].txt": "5",
  });
  const pathsOf = (pattern: string) => run.save(pattern).map(({ path }) => path);
  expect(pathsOf("out/*.json")).toEqual(["out/a.json", "out/b.json"]);
  expect(pathsOf("**/*.json")).toEqual(["out/a.json", "out/b.json", "out/deep.json/d.json"]);
  expect(pathsOf("x[1].txt")).toEqual(["x[1].txt"]);
  expect(saved()).toHaveLength(6);
  expect(told()).toEqual([]);
});

test("no file is kept under a path that leads out of the project's folder", () => {
  const outside = temporaryFolder().root;
  writeFileSync(join(outside, "secret.txt"), "s");
  const { dir, run } = openWith({ "in/a.txt": "a", "..b/c.txt": "c", "..d": "d" });
  symlinkSync(join(outside, "secret.txt"), join(dir, "link.txt"));
  process.chdir(join(dir, "in"));
  const pathsOf = (path: string) => run.save(path).map((file) => file.path);
  expect(pathsOf(join(outside, "secret.txt"))).toEqual(["secret.txt"]);
  expect(pathsOf("../..b/c.txt")).toEqual(["c.txt"]);
  expect(pathsOf("../in/a.txt")).toEqual(["a.txt"]);
  process.chdir(dir);
  expect(pathsOf("..b/c.txt")).toEqual(["..b/c.txt"]);
  expect(pathsOf("..d")).toEqual(["..d"]);
  expect(pathsOf("link.txt")).toEqual(["link.txt"]);
});

test("a file that is saved again is named again, with what it is now", () => {
  const { dir, read, run, saved } = openWith({ "a.txt": "first" });
  run.save("a.txt");
  writeFileSync(join(dir, "a.txt"), "second");
  run.save("a.txt");
  expect(saved().map(read)).toEqual(["first", "second"]);
});

test("a name that no project can keep is told, instead of a file that nobody ever sees", () => {
  const names = ["new\nline.txt", "back\\slash.txt", "c:d.txt"];
  const { run, saved, told } = openWith(Object.fromEntries(names.map((name) => [name, "x"])));
  for (const name of names) expect(run.save(name)).toEqual([]);
  expect(saved()).toEqual([]);
  expect(told()).toHaveLength(3);
  expect(told()[0]).toMatch(/left out: No project keeps a file named "new\\nline.txt"; rename it/);
});

test("trouble is told, never thrown, and costs the other files nothing", async () => {
  const { dir, run, saved, told } = openWith({ "out/a.json": "1" });
  symlinkSync(join(dir, "nowhere"), join(dir, "out", "b.json"));
  expect(run.save("out/*.json").map(({ path }) => path)).toEqual(["out/a.json"]);
  expect(run.save("none/*.json")).toEqual([]);
  expect(run.save("out")).toEqual([]);
  expect(run.save("a\0b")).toEqual([]);
  expect(run.save("https://example.org/a")).toEqual([]);
  for (const path of [undefined, 5, "", {}, Symbol("s")]) {
    expect(run.save(path as never)).toEqual([]);
  }
  expect(told()).toEqual([
    `trackio: "${dir}/out/b.json" is left out: There is no file "${dir}/out/b.json"; check the path, and that the file is written before it is logged.`,
    `trackio: "none/*.json" is left out: No file is, or matches, "none/*.json"; check the path, which begins at "${dir}".`,
    `trackio: "${dir}/out" is left out: This is a folder: "${dir}/out"; give the path of a file in it.`,
    expect.stringContaining("NUL character"),
    expect.stringContaining("is a https: address"),
    'trackio: "save()" is left out: save() takes the path of a file or a glob, e.g. "checkpoints/*.json"; this is undefined.',
    expect.stringContaining('"" is left out: save() takes the path'),
  ]);
  expect(await run.finish()).toMatchObject({ droppedValues: 10, recordCount: 0 });
  expect(run.save("out/a.json")).toEqual([]);
  expect(saved()).toHaveLength(1);
  expect(run.stats().lateCalls).toBe(1);
});

test("what save() returned from survives kill -9 of the process", async () => {
  const folder = temporaryFolder();
  const { signal } = await runScript(
    folder,
    `import { writeFileSync } from "node:fs";
     trackio.init({ project: "p" });
     process.chdir(process.env.TRACKIO_DIR);
     writeFileSync("a.txt", "kept");
     trackio.save("a.txt");
     process.kill(process.pid, "SIGKILL");`,
  );
  expect(signal).toBe("SIGKILL");
  const [file] = readRun(folder).events.flatMap((event) => event.file ?? []);
  expect(file).toMatchObject({ path: "a.txt", type: "text/plain", bytes: 4 });
});

test("before the first init, save says what is missing", async () => {
  const { errors } = await runScript(temporaryFolder(), `trackio.save("a.txt");`);
  expect(errors).toContain("trackio.save() was called before there was a run");
});

test("the module's save() acts on the latest run", () => {
  const { saved } = openWith({ "a.txt": "1" });
  trackio.save("a.txt");
  expect(saved()).toHaveLength(1);
});

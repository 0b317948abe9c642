import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { PythonDatabase } from "../../ingest/testing/python-database.ts";
import { DataFolder } from "../../journal/data-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import type { BlobHash } from "../../protocol/media.ts";
import * as trackio from "../../sdk/index.ts";
import { LoggedFolder } from "../testing/logged-folder.ts";

const SHAPE = [2, 3, 3] as const;

function pixels(seed: number): Uint8Array {
  return Uint8Array.from({ length: 18 }, (_, i) => (i * 37 + seed * 11) % 256);
}

function image(seed: number, caption?: string) {
  return new trackio.Image(pixels(seed), { shape: SHAPE, caption });
}

/** A run with a picture at step 0, two at step 5, and a text. */
async function logPictures(dir: string): Promise<void> {
  const run = trackio.init({ project: "mnist", name: "first", dir });
  run.log({ samples: image(0, "zero"), note: "text" });
  run.log({ samples: [image(1), image(2, "two")] }, { step: 5 });
  await run.finish();
}

test("get media lists the items under a key by step, with what is known of them", async () => {
  using folder = new LoggedFolder();
  await logPictures(folder.dir);
  const args = ["get", "media", "--run", "first", "--key", "samples"];
  const document = await folder.json<{ items: object[] }>(args);
  expect(document).toMatchObject({
    project: "mnist",
    run: "first",
    key: "samples",
    items: [
      { step: 0, index: 0, kind: "image", type: "image/png", width: 3, height: 2, caption: "zero" },
      { step: 5, index: 0 },
      { step: 5, index: 1, caption: "two" },
    ],
  });
  const { printed } = await folder.trackio([...args, "--step", "0"]);
  expect(printed).toMatch(/^Step +Place +Type +Size +Caption\n +0 +0 +image\/png +\d+ B +zero\n$/);
});

test("get media writes each as a file that opens, also where nobody had encoded it", async () => {
  using folder = new LoggedFolder();
  await logPictures(folder.dir);
  const output = join(folder.dir, "out", "deep");
  const args = ["get", "media", "--run", "first", "--key", "samples", "-o", output];
  const { notes } = await folder.trackio(args);
  expect(notes).toBe(`Wrote 3 files to ${output}.\n`);
  expect(readdirSync(output).sort()).toEqual(["0.png", "5-0.png", "5-1.png"]);
  const decoded = decode(readFileSync(join(output, "5-1.png")));
  expect([decoded.width, decoded.height, decoded.channels]).toEqual([3, 2, 3]);
  expect(Uint8Array.from(decoded.data)).toEqual(pixels(2));
});

test("a key that is not there, or of another kind, is answered with what was meant", async () => {
  using folder = new LoggedFolder();
  await logPictures(folder.dir);
  const get = async (what: string, key: string) =>
    (await folder.trackio(["get", what, "--run", "first", "--key", key])).notes;
  expect(await get("media", "sampels")).toBe("No key 'sampels'. Did you mean 'samples'?\n");
  expect(await get("media", "note")).toBe("No key 'note'. Run 'first' has 'samples'.\n");
  expect(await get("table", "samples")).toBe("'samples' is of kind image: `trackio get media`.\n");
  expect(await get("table", "x")).toBe("No key 'x'. Run 'first' has logged no tables.\n");
});

test("get media tells sizes of what Python logged, and writes its pages and 3D objects too", async () => {
  using folder = new LoggedFolder();
  {
    using database = new PythonDatabase(folder.dir, "demo");
    const files = { html: "demo/a/0/x.html", mesh: "demo/a/0/m.obj" };
    const metrics = {
      html: { _type: "trackio.html", file_path: files.html },
      mesh: { _type: "trackio.object3d", file_path: files.mesh },
    };
    database.log({ id: "a".repeat(32), name: "a" }, [{ metrics }]);
    mkdirSync(join(folder.dir, "media/demo/a/0"), { recursive: true });
    for (const path of Object.values(files)) {
      writeFileSync(join(folder.dir, "media", path), "v 0 0 0\n");
    }
  }
  for (const [key, name] of [
    ["html", "0.html"],
    ["mesh", "0.obj"],
  ]) {
    const args = ["get", "media", "--run", "a", "--key", key!];
    expect(await folder.json(args)).toMatchObject({ items: [{ kind: "file", bytes: 8 }] });
    const output = join(folder.dir, "out", key!);
    expect((await folder.trackio([...args, "-o", output])).exitCode).toBe(0);
    expect(readdirSync(output)).toEqual([name]);
  }
});

describe("a picture that is not there", () => {
  const GONE = "The image at step 0 is not on the disk any more: it was deleted.";

  test("is told by its step; the others are written, and the exit code says that not all were", async () => {
    using folder = new LoggedFolder();
    await logPictures(folder.dir);
    const output = join(folder.dir, "out");
    const args = ["get", "media", "--run", "first", "--key", "samples"];
    const { items } = await folder.json<{ items: { blob: BlobHash }[] }>(args);
    const blobs = new BlobFolder(new DataFolder(folder.dir));
    rmSync((blobs.find(items[0]!.blob) as { path: string }).path);
    const { exitCode, notes } = await folder.trackio([...args, "-o", output]);
    expect(exitCode).toBe(1);
    expect(notes).toBe(`Wrote 2 files to ${output}.\n${GONE}\n`);
    expect(readdirSync(output).sort()).toEqual(["5-0.png", "5-1.png"]);
    const { printed } = await folder.trackio([...args, "-o", output, "--json"]);
    expect(JSON.parse(printed).items).toMatchObject([
      { step: 0, error: GONE },
      { output: join(output, "5-0.png") },
      { output: join(output, "5-1.png") },
    ]);
  });

  test("among several, the first is told, and how many more", async () => {
    using folder = new LoggedFolder();
    await logPictures(folder.dir);
    rmSync(new BlobFolder(new DataFolder(folder.dir)).path, { recursive: true });
    const output = join(folder.dir, "out");
    const args = ["get", "media", "--run", "first", "--key", "samples", "-o", output];
    const { notes } = await folder.trackio(args);
    expect(notes).toBe(
      `Wrote 0 files to ${output}.\n${GONE} So it is with 2 others; --json tells each.\n`,
    );
    expect(readdirSync(output)).toEqual([]);
  });
});

test("a file in the place of the output folder is told", async () => {
  using folder = new LoggedFolder();
  await logPictures(folder.dir);
  const output = join(folder.dir, "taken");
  writeFileSync(output, "");
  const args = ["get", "media", "--run", "first", "--key", "samples", "-o", output];
  expect((await folder.trackio(args)).notes).toBe(
    `'${output}' is there already and is no folder; name another place.\n`,
  );
});

test("get file gives back what save() kept: to standard output, a file or a folder", async () => {
  using folder = new LoggedFolder();
  const run = trackio.init({ project: "mnist", name: "first", dir: folder.dir });
  const path = join(folder.dir, "notes.txt");
  writeFileSync(path, "learned: é\n");
  const [saved] = run.save(path);
  await run.finish();
  writeFileSync(path, "changed since");
  const args = ["get", "file", saved!.path];
  expect((await folder.trackio(args)).printed).toBe("learned: é\n");
  mkdirSync(join(folder.dir, "out"));
  const { notes } = await folder.trackio([...args, "-o", join(folder.dir, "out")]);
  expect(notes).toBe(`Wrote 12 B to ${join(folder.dir, "out", "notes.txt")}.\n`);
  expect(readFileSync(join(folder.dir, "out", "notes.txt"), "utf8")).toBe("learned: é\n");
  expect(existsSync(join(folder.dir, "out", "notes.txt.part"))).toBe(false);
  const facts = await folder.json(args);
  expect(facts).toMatchObject({ project: "mnist", path: "notes.txt", bytes: 12, output: null });
  expect((await folder.trackio(["get", "file", "note.txt"])).notes).toBe(
    "No file 'note.txt'. Did you mean 'notes.txt'?\n",
  );
});

test("what no terminal can show is not sent to one", async () => {
  using folder = new LoggedFolder();
  const run = trackio.init({ project: "mnist", name: "first", dir: folder.dir });
  const path = join(folder.dir, "weights.bin");
  writeFileSync(path, Uint8Array.of(0, 27, 255));
  run.save(path);
  await run.finish();
  const { exitCode, printed, notes } = await folder.trackio(["get", "file", "weights.bin"], {
    width: 80,
  });
  expect([exitCode, printed]).toEqual([2, ""]);
  expect(notes).toMatch(/^'weights.bin' is .*; name a file to write with --output\.\n$/);
});

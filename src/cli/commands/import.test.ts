/** `trackio import` copies for good, and leaves its source as it is; other commands read such a folder where it lies. */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import { ArtifactDatabase } from "../../artifacts/artifact-database.ts";
import { logVersion, type NewVersion } from "../../artifacts/log-version.ts";
import { readManifest } from "../../artifacts/manifest.ts";
import { addLink } from "../../artifacts/run-links.ts";
import { PythonDatabase } from "../../ingest/testing/python-database.ts";
import { fingerprint } from "../../ingest/testing/read-python-folder.ts";
import { DataFolder } from "../../journal/data-folder.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { trackioFileHash } from "../../media/trackio-file-hash.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import { runCommandLine } from "../main.ts";
import { RecordingTerminal } from "../testing/recording-terminal.ts";

const A = { id: "a".repeat(32), name: "run a" };
const B = { id: "b".repeat(32), name: "run b" };
const IMAGE = "demo/run a/0/1.png";

let source: string;
let target: string;

beforeEach(() => {
  source = temporaryFolder().root;
  target = temporaryFolder().root;
});

async function run(...args: string[]) {
  const terminal = new RecordingTerminal({ time: Date.now() });
  const exitCode = await runCommandLine(args, terminal);
  return { exitCode, printed: terminal.printed, notes: terminal.notes };
}

async function runsOf(project: string): Promise<{ name: string; num_logs?: number }[]> {
  const { printed } = await run("list", "runs", "--project", project, "--json", "--dir", target);
  return (JSON.parse(printed) as { records: { name: string }[] }).records;
}

/** A run with a picture and a file that it saved, and another one. */
function writeSource(): void {
  using database = new PythonDatabase(source, "demo");
  const image = { _type: "trackio.image", file_path: IMAGE, caption: "c" };
  database.log(A, [
    { metrics: { loss: 1 }, logId: null },
    { step: 1, metrics: { image } },
  ]);
  database.log(B, [{ metrics: { loss: 2 } }]);
  writeMedia(IMAGE, "png");
  writeMedia("demo/files/sub/c.yaml", "a: 1");
}

function writeMedia(path: string, text: string): void {
  mkdirSync(join(source, "media", path, ".."), { recursive: true });
  writeFileSync(join(source, "media", path), text);
}

describe("a folder", () => {
  test("is copied with its media, once, and stays as it is", async () => {
    writeSource();
    const before = fingerprint(source);
    const first = await run("import", source, "--dir", target);
    expect(first).toMatchObject({ exitCode: 0, notes: "" });
    expect(first.printed).toBe("Imported 3 logs of 2 runs in 1 project and 2 files, 7 B.\n");
    const second = await run("import", source, "--dir", target);
    expect(second.printed).toBe("No new logs or files: all of them are there already.\n");
    expect(fingerprint(source)).toEqual(before);
    rmSync(source, { recursive: true });
    expect(await runsOf("demo")).toMatchObject([{ name: "run a", num_logs: 2 }, { name: "run b" }]);
    const blob = new BlobFolder(new DataFolder(target)).find(trackioFileHash(IMAGE));
    expect(readFileSync((blob as { path: string }).path, "utf8")).toBe("png");
    const file = await run("get", "file", "sub/c.yaml", "--dir", target);
    expect(file.printed).toBe("a: 1");
  });

  test("brings what is new the next time; what is gone there stays", async () => {
    writeSource();
    await run("import", source, "--dir", target);
    using database = new PythonDatabase(source, "demo");
    database.deleteRun(B.id);
    database.log(A, [{ step: 2, metrics: { loss: 3 } }]);
    const { printed } = await run("import", source, "--dir", target, "--json");
    expect(JSON.parse(printed)).toMatchObject({
      num_logs: 1,
      projects: [{ name: "demo", num_runs: 1, num_logs: 1 }],
    });
    expect(await runsOf("demo")).toMatchObject([{ num_logs: 3 }, { name: "run b", num_logs: 1 }]);
  });

  test("an older copy takes nothing back", async () => {
    writeSource();
    const older = source;
    source = temporaryFolder().root;
    writeSource();
    using database = new PythonDatabase(source, "demo");
    database.log(A, [{ step: 2, metrics: { loss: 3 }, logId: null }]);
    await run("import", source, "--dir", target);
    await run("import", older, "--dir", target);
    expect((await runsOf("demo"))[0]).toMatchObject({ name: "run a" });
    expect(((await runsOf("demo"))[0]?.num_logs ?? 0) >= 3).toBe(true);
  });

  test("of one project only, and one database of it", async () => {
    writeSource();
    using other = new PythonDatabase(source, "other");
    other.log(B, [{ metrics: { loss: 2 } }]);
    await run("import", source, "--project", "other", "--dir", target);
    const listed = await run("list", "projects", "--json", "--dir", target);
    expect(JSON.parse(listed.printed)).toMatchObject({ projects: ["other"] });
    const { printed } = await run("import", join(source, "demo.db"), "--dir", target);
    expect(printed).toContain("3 logs of 2 runs in 1 project and 2 files");
  });

  test("brings artifacts as they are: numbers, times, and every run that made or used a version", async () => {
    const there = ArtifactDatabase.open(join(source, "demo.db"));
    const log = (of: string, more: Partial<NewVersion> = {}) => {
      const digest = createHash("sha256").update(of).digest("hex");
      const manifest = readManifest([{ path: "model.bin", digest, size: of.length }]);
      const given = { name: "model", type: "model", description: null, metadata: '{"lr": 1.0}' };
      const options = { aliases: [], run: A, overwrite: false, ...more };
      return logVersion(there, { ...given, manifest, ...options }, 1_000.25).version;
    };
    log("first");
    log("second", { overwrite: true, aliases: ["best"] });
    const { version_id: version } = log("second", { run: B });
    addLink(there, {
      run: B,
      version,
      direction: "input",
      now: "2026-01-02T03:04:05.678901+00:00",
    });
    const rowsOf = (db: ArtifactDatabase) =>
      ["artifacts", "artifact_versions", "artifact_aliases", "run_artifact_links"].map((table) =>
        // The number of a link means nothing.
        db
          .all(`SELECT * FROM ${table}`)
          .map(({ id, ...row }) => (table === "run_artifact_links" ? row : { id, ...row })),
      );
    const wanted = rowsOf(there);
    there.close();
    for (let round = 0; round < 2; round += 1) {
      expect(await run("import", source, "--dir", target)).toMatchObject({ exitCode: 0 });
      const here = ArtifactDatabase.open(
        new DataFolder(target).artifactsFile("demo" as ProjectKey),
      );
      expect(rowsOf(here)).toEqual(wanted);
      here.close();
    }
  });

  test("that is none, or the data folder itself, is refused in a sentence", async () => {
    expect(await run("import", source, "--dir", target)).toMatchObject({
      exitCode: 1,
      notes: `Trackio for Python wrote nothing in '${source}': there is no .db file and no inbox.\n`,
    });
    writeSource();
    const { exitCode, notes } = await run("import", source, "--dir", source);
    expect(exitCode).toBe(2);
    expect(notes).toContain("is in the data folder, and read there as it is");
    expect((await run("import", join(source, "gone"))).notes).toContain("There is no");
    expect((await run("import", source, "--name", "x", "--dir", target)).notes).toContain("--name");
  });
});

describe("a folder in which other things lie, too,", () => {
  test("is imported without them, nor what lies in its media", async () => {
    writeSource();
    writeFileSync(
      join(source, "notes.db"),
      "these are notes, no database, but long enough to be one",
    );
    writeMedia("holiday/film.mp4", "somebody's own");
    const { exitCode, printed, notes } = await run("import", source, "--dir", target);
    expect(exitCode).toBe(0);
    expect(printed).toBe("Imported 3 logs of 2 runs in 1 project and 2 files, 7 B.\n");
    expect(notes).toContain("notes.db cannot be read: it is no SQLite database");
  });

  test("a database that is damaged, or of another program, is told, with exit code 1", async () => {
    writeSource();
    writeFileSync(
      join(source, "notes.db"),
      "these are notes, no database, but long enough to be one",
    );
    using photos = new DatabaseSync(join(source, "photos.db"));
    photos.exec("CREATE TABLE photos (name TEXT)");
    expect(await run("import", join(source, "notes.db"), "--dir", target)).toMatchObject({
      exitCode: 1,
      printed: "",
      notes: expect.stringContaining("it is no SQLite database"),
    });
    expect(await run("import", join(source, "photos.db"), "--dir", target)).toMatchObject({
      exitCode: 1,
      printed: "",
      notes: `Trackio for Python logged no run in '${join(source, "photos.db")}'.\n`,
    });
  });

  test("a project that is not there is told, with those that are", async () => {
    writeSource();
    expect(await run("import", source, "--project", "demmo", "--dir", target)).toMatchObject({
      exitCode: 1,
      printed: "",
      notes: `Trackio for Python logged no run of project 'demmo' in '${source}'. Its databases are called 'demo'.\n`,
    });
  });
});

describe("a CSV file", () => {
  test("is a run that has ended: steps, times and all columns of numbers, once", async () => {
    const path = join(source, "train log.csv");
    const lines = [
      'Step,timestamp,loss,note,"a,b"',
      "0,2026-01-01T00:00:00,0.5,hi,1",
      "",
      "2,,nan,,",
    ];
    writeFileSync(path, lines.join("\r\n"));
    const { printed, notes } = await run("import", path, "--dir", target);
    expect(printed).toBe("Imported 2 logs of 1 run in 1 project.\n");
    expect(notes).toBe("The column 'note' is left out, since not all of it are numbers.\n");
    expect((await run("import", path, "--dir", target)).printed).toContain("No new logs or files");
    expect(await runsOf("train log")).toMatchObject([{ name: "train log", status: "finished" }]);
    const rows = await run(
      "export",
      "--project",
      "train log",
      "--format",
      "jsonl",
      "--dir",
      target,
    );
    const [first, last] = rows.printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(first).toMatchObject({
      step: 0,
      timestamp: "2026-01-01T00:00:00.000Z",
      loss: 0.5,
      "a,b": 1,
    });
    expect(last).toMatchObject({ step: 2, loss: "NaN" });
  });

  test("goes to the project and gets the name that are given", async () => {
    const path = join(source, "x.csv");
    writeFileSync(path, "step,loss\n1,2\n");
    await run("import", path, "--project", "mnist", "--name", "old", "--dir", target);
    expect(await runsOf("mnist")).toMatchObject([{ name: "old", last_step: 1 }]);
  });

  test("without steps or numbers is refused in a sentence", async () => {
    const path = join(source, "x.csv");
    writeFileSync(path, "epoch,loss\n1,2\n");
    const refused = await run("import", path, "--dir", target);
    expect(refused).toMatchObject({
      exitCode: 2,
      notes: expect.stringContaining("no column 'step'"),
    });
    writeFileSync(path, "step,loss\none,2\n");
    expect((await run("import", path, "--dir", target)).notes).toContain('step "one" is no number');
    writeFileSync(path, "step,note\n1,hello\n");
    expect((await run("import", path, "--dir", target)).notes).toContain("no numbers");
  });
});

test("other commands read a folder of Trackio for Python where it lies", async () => {
  writeSource();
  const then = new Date(Date.now() - 60_000);
  utimesSync(join(source, "demo.db"), then, then);
  const before = fingerprint(source);
  const { printed } = await run("list", "runs", "--json", "--dir", source);
  expect(JSON.parse(printed)).toMatchObject({ project: "demo", runs: ["run a", "run b"] });
  const output = join(target, "pictures");
  const args = ["--run", "run a", "--key", "image", "--dir", source, "--output", output];
  expect(await run("get", "media", ...args)).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(output, "1.png"), "utf8")).toBe("png");
  expect((await run("get", "file", "sub/c.yaml", "--dir", source)).printed).toBe("a: 1");
  expect(fingerprint(source)).toEqual(before);
});

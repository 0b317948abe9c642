/** A folder that the package writes without a server, followed by ours while it does. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, vi } from "vitest";
import { python, pythonTest, RunningPython } from "./python.ts";
import type { ServerProcess } from "./server-process.ts";
import { startShow, TRACKIO } from "./servers.ts";

const LIMIT = { timeout: 20_000 };

/** Writes batches as the package does for some seconds, and tells how long the slowest took. */
const WRITE = `
import json, time
from trackio.sqlite_storage import SQLiteStorage

slowest, count, until = 0, 0, time.monotonic() + 4
while time.monotonic() < until:
    began = time.monotonic()
    SQLiteStorage.bulk_log("live", "r", [{"loss": float(count + i)} for i in range(10)],
        steps=[count + i for i in range(10)], log_ids=[f"id-{count + i}" for i in range(10)], run_id="f" * 32)
    slowest = max(slowest, time.monotonic() - began)
    count += 10
print(json.dumps({"count": count, "slowest": slowest}))
`;

/** A run of five steps without a server. */
const local = (name: string, more = "") => `
trackio.init(project="demo", name="${name}", config={"lr": 0.1}, auto_log_cpu=False, auto_log_gpu=False)
for step in range(5):
    trackio.log({"loss": float(step)})
${more}
trackio.finish()
`;

interface Run {
  readonly id: string;
  readonly name: string;
}

async function stepsOf(show: ServerProcess, project: string, run: string): Promise<number[]> {
  const logs = await show.call<{ step: number }[]>("get_logs", { project, run });
  return logs.map(({ step }) => step);
}

function fingerprint(dir: string): { [path: string]: string } {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .filter((path) => !path.startsWith("store") && !path.endsWith(".lock"));
  const hash = (path: string) =>
    createHash("sha256")
      .update(readFileSync(join(dir, path)))
      .digest("hex");
  return Object.fromEntries(files.sort().map((path) => [path, hash(path)]));
}

pythonTest("a script that is writing is followed, and waits for nobody", async () => {
  await using show = await startShow();
  const env = { TRACKIO_DIR: show.dir };
  await using script = new RunningPython(["-c", `import trackio\n${WRITE}`], { env });
  await vi.waitFor(async () => {
    expect((await stepsOf(show, "live", "r")).length).toBeGreaterThan(20);
  }, LIMIT);
  const { code, stdout } = await script.ended();
  expect(code).toBe(0);
  const { count, slowest } = JSON.parse(stdout) as { count: number; slowest: number };
  await vi.waitFor(async () => {
    const summary = await show.call("get_run_summary", { project: "live", run: "r" });
    expect(summary).toMatchObject({ num_logs: count, last_step: count - 1 });
  }, LIMIT);
  // Whoever meets a lock of SQLite waits in steps that soon reach 100 ms, up to 30 s.
  expect(slowest).toBeLessThan(2);
});

pythonTest("what the package renames and deletes there is renamed and deleted here", async () => {
  await using show = await startShow();
  const env = { TRACKIO_DIR: show.dir };
  for (const name of ["a", "b"]) await python(local(name), env);
  const names = async () =>
    (await show.call<Run[]>("get_runs_for_project", { project: "demo" })).map(({ name }) => name);
  await vi.waitFor(async () => expect(await names()).toEqual(["a", "b"]), LIMIT);
  const change = "from trackio.sqlite_storage import SQLiteStorage\n";
  await python(`${change}SQLiteStorage.rename_run("demo", "a", "better")`, env);
  await vi.waitFor(async () => {
    expect(await names()).toEqual(["better", "b"]);
    expect(await stepsOf(show, "demo", "better")).toEqual([0, 1, 2, 3, 4]);
  }, LIMIT);
  await python(`${change}SQLiteStorage.delete_run("demo", "b")`, env);
  await vi.waitFor(async () => expect(await names()).toEqual(["better"]), LIMIT);
});

pythonTest("no byte of a folder changes while it is shown", async () => {
  await using show = await startShow();
  await show.kill();
  const env = { TRACKIO_DIR: show.dir };
  const image = 'trackio.log({"image": trackio.Image(np.zeros((4, 4, 3), dtype=np.uint8))})';
  await python(`import numpy as np\n${local("a", image)}`, env);
  await python(local("b"), { ...env, TRACKIO_STORAGE_MODE: "jsonl" });
  const before = fingerprint(show.dir);
  await show.start();
  await vi.waitFor(async () => {
    expect(await stepsOf(show, "demo", "a")).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await stepsOf(show, "demo", "b")).toEqual([0, 1, 2, 3, 4]);
  }, LIMIT);
  expect(fingerprint(show.dir)).toEqual(before);
});

pythonTest(
  "what is imported from a folder is there without it: curves, pictures, files, artifacts",
  async () => {
    await using source = await startShow();
    await source.kill();
    const more = `
trackio.log({"image": trackio.Image(np.zeros((4, 4, 3), dtype=np.uint8))})
open("notes.txt", "w").write("hello")
trackio.save("notes.txt")
for text in ["one", "two"]:
    open("model.txt", "w").write(text)
    model = trackio.Artifact("model", type="model", metadata={"text": text})
    model.add_file("model.txt")
    trackio.log_artifact(model, aliases=[text])`;
    await python(`import numpy as np\n${local("a", more)}`, { TRACKIO_DIR: source.dir });
    await using show = await startShow();
    const args = [TRACKIO, "import", source.dir, "--dir", show.dir];
    for (let round = 0; round < 2; round++) await promisify(execFile)(process.execPath, args);
    rmSync(source.dir, { recursive: true });
    await vi.waitFor(async () => {
      expect(await stepsOf(show, "demo", "a")).toEqual([0, 1, 2, 3, 4, 5]);
    }, LIMIT);
    const project = "demo";
    for (const [spec, text, version] of [
      ["one", "one", 0],
      ["latest", "two", 1],
    ] as const) {
      const found = await show.call<{ manifest: { digest: string }[] }>("get_artifact_manifest", {
        project,
        name: "model",
        spec,
      });
      expect(found).toMatchObject({ version, metadata: { text }, producer_run_name: "a" });
      const blob = await fetch(`${show.url}/artifact_blob/demo/${found.manifest[0]?.digest}`);
      expect(await blob.text()).toBe(text);
    }
    const [file] = await show.call<{ path: string }[]>("get_project_files", { project });
    const bytes = await fetch(`${show.url}/file?path=${encodeURIComponent(file!.path)}`);
    expect(await bytes.text()).toBe("hello");
  },
);

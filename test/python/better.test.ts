/** What docs/python.md says is better here than at the package's own server, where the two cannot be compared call by call. */

import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ServerProcess } from "./server-process.ts";
import { startShow } from "./servers.ts";

let show: ServerProcess;

beforeAll(async () => {
  show = await startShow();
});

afterAll(() => show[Symbol.asyncDispose]());

interface Entry {
  readonly run: string;
  readonly metrics: object;
  readonly [field: string]: unknown;
}

function bulkLog(project: string, logs: readonly Entry[]): Promise<null> {
  const entries = logs.map((entry) => ({ project, run_id: `id of ${entry.run}`, ...entry }));
  return show.call("bulk_log", { logs: entries, hf_token: null });
}

type Logs = readonly { readonly step: number; readonly timestamp: string }[];

test("what is replayed after a fault has the time at which it was logged", async () => {
  const timestamp = "2026-01-02T03:04:05.678901+00:00";
  await bulkLog("replayed", [{ run: "r", metrics: { loss: 1 }, step: 0, timestamp }]);
  const [entry] = await show.call<Logs>("get_logs", { project: "replayed", run: "r" });
  expect(entry!.timestamp).toBe(timestamp);
});

test("one bad entry never costs its batch", async () => {
  const bad = [
    { step: 1e300, metrics: { bad: 1 } },
    { step: "three", metrics: { bad: 1 } },
    { step: [1], metrics: "none" },
    { step: 1, metrics: { a: 1 }, config: 7, log_id: 7, timestamp: "yesterday" },
  ].map((entry) => ({ run: "r", ...entry }) as unknown as Entry);
  const logs = [{ run: "r", metrics: { loss: 1 }, step: 0 }, ...bad];
  await bulkLog("mixed", [...logs, { run: "r", metrics: { loss: 2 }, step: 2 }]);
  const good = await show.call("get_metric_values", {
    project: "mixed",
    run: "r",
    metric_name: "loss",
  });
  expect(good).toMatchObject([
    { step: 0, value: 1 },
    { step: 2, value: 2 },
  ]);
});

test("deleting a run deletes its config and its files too", async () => {
  const path = await uploadMedia("gone", "r", "picture.png");
  const config = { secret: "of the run" };
  await bulkLog("gone", [
    { run: "r", metrics: { p: { _type: "trackio.image", file_path: path } }, step: 0, config },
    { run: "other", metrics: { loss: 1 }, step: 0 },
  ]);
  const { media_dir } = await show.call<{ media_dir: string }>("get_settings");
  const file = `${show.url}/file?path=${encodeURIComponent(`${media_dir}/${path}`)}`;
  expect((await fetch(file)).status).toBe(200);
  expect(await show.call("delete_run", { project: "gone", run: "r" })).toBe(true);
  expect(await show.call("get_run_configs", { project: "gone" })).not.toHaveProperty("id of r");
  expect((await fetch(file)).status).toBe(404);
});

test("no answer names a folder of the server, and no name leads out of its own", async () => {
  const before = readdirSync(show.dir);
  const odd = "../../../outside";
  await uploadMedia(odd, odd, "../../outside.txt");
  await bulkLog(odd, [{ run: odd, metrics: { loss: 1 }, step: 0 }]);
  const names = readdirSync(show.dir, { recursive: true }).map(String);
  expect(names.filter((name) => /(^|\/)outside/.test(name) && !name.includes("store/"))).toEqual(
    [],
  );
  expect(readdirSync(show.dir)).toEqual(before);
  const answers = [
    await show.call("get_settings"),
    await show.call("get_all_projects"),
    await show.call("get_project_files", { project: odd }),
    await show.call("get_runs_for_project", { project: odd }),
  ];
  expect(JSON.stringify(answers)).not.toContain(show.dir);
  expect(JSON.stringify(answers)).not.toContain("/tmp/");
});

/** Uploads a file as the client does. @returns the path by which a metric names it. */
async function uploadMedia(project: string, run: string, name: string): Promise<string> {
  const form = new FormData();
  form.append("files", new Blob([`bytes of ${name}`]), name);
  const headers = { "X-Trackio-Write-Token": show.token };
  const response = await fetch(`${show.url}/api/upload`, { method: "POST", headers, body: form });
  const { paths } = (await response.json()) as { readonly paths: readonly string[] };
  expect(paths).toHaveLength(1);
  expect(paths[0]).not.toContain(show.dir);
  const uploaded_file = { path: paths[0], meta: { _type: "gradio.FileData" }, orig_name: name };
  const upload = { project, run, run_id: `id of ${run}`, step: 0, relative_path: null };
  await show.call("bulk_upload_media", { uploads: [{ ...upload, uploaded_file }], hf_token: null });
  return `${project}/${run}/0/${name}`;
}

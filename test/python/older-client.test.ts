/** Trackio 0.36.0, whose clients are still about: what they send is kept and given back as well. */

import { expect } from "vitest";
import { python, pythonTestOf } from "./python.ts";
import type { ServerProcess } from "./server-process.ts";
import { startShow } from "./servers.ts";

const VENV = "trackio-0.36";

const TRAINING = `
import numpy as np
trackio.init(project="older", name="r", config={"lr": 0.1}, resume="allow", auto_log_gpu=False)
for step in range(3):
    trackio.log({"loss": 1.0 / (step + 1), "train": {"acc": step / 2, "bad": float("nan")}})
trackio.log({"picture": trackio.Image(np.full((4, 5, 3), 7, dtype=np.uint8), caption="grey")})
trackio.log({"rows": trackio.Table(columns=["a"], data=[[1], [2]])})
trackio.log({"chat": trackio.Trace(messages=[{"role": "user", "content": "rain?"}])})
trackio.alert("too slow", text="very", level=trackio.AlertLevel.ERROR)
trackio.log_system({"gpu": 50})
trackio.finish()
again = trackio.init(project="older", name="r", resume="must", auto_log_gpu=False)
trackio.log({"loss": 0.0})
trackio.finish()
`;

type Logs = readonly Readonly<Record<string, unknown>>[];

function ask<T>(show: ServerProcess, call: string): Promise<T> {
  return show.call<T>(call, { project: "older", run: "r" });
}

pythonTestOf(VENV)("scalars, pictures, tables, traces, alerts and a resume by 0.36", async () => {
  await using show = await startShow();
  await python(TRAINING, show.env, { venv: VENV });
  const logs = await ask<Logs>(show, "get_logs");
  expect(logs.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(logs[1]).toMatchObject({ loss: 0.5, train: { acc: 0.5 } });
  expect(logs[3]!.picture).toMatchObject({ _type: "trackio.image", caption: "grey" });
  expect(logs[4]!.rows).toMatchObject({ _type: "trackio.table", _value: [{ a: 1 }, { a: 2 }] });
  expect(logs[6]).toMatchObject({ loss: 0 });
  expect(await ask(show, "get_alerts")).toMatchObject([{ title: "too slow", level: "error" }]);
  expect(await ask(show, "get_system_logs")).toMatchObject([{ gpu: 50 }]);
  expect(await ask(show, "get_traces")).toMatchObject([{ key: "chat", step: 5 }]);
  expect(await ask(show, "get_run_summary")).toMatchObject({ num_logs: 7, last_step: 6 });

  const { media_dir } = await show.call<{ media_dir: string }>("get_settings");
  const { file_path } = logs[3]!.picture as { file_path: string };
  const path = encodeURIComponent(`${media_dir}/${file_path}`);
  const picture = await fetch(`${show.url}/file?path=${path}`);
  expect(picture.headers.get("content-type")).toBe("image/png");
  expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(50);
});

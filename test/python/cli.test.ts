/**
 * The command line of the Python package asks our server: `trackio --space URL …`.
 * What it prints is what it prints for the package's own server, and what does not work there works here.
 */

import { afterAll, beforeAll, describe, expect } from "vitest";
import { canRunKit } from "./kit.ts";
import { python, pythonTest } from "./python.ts";
import type { ServerProcess } from "./server-process.ts";
import { startShow, startTrackioServer } from "./servers.ts";

const TRAINING = `
import time
from pathlib import Path
off = {"auto_log_cpu": False, "auto_log_gpu": False}
trackio.init(project="cli", name="first", config={"lr": 0.1}, **off)
for step in range(5):
    trackio.log({"loss": 1.0 / (step + 1), "val/acc": step / 5})
trackio.log_system({"gpu/0/utilization": 50})
trackio.alert("too slow", text="very", level=trackio.AlertLevel.ERROR)
trackio.alert("a note", level=trackio.AlertLevel.INFO)
trackio.log({"summary": trackio.Markdown("# Report of the first")})
trackio.log({"chat": trackio.Trace(messages=[{"role": "user", "content": "rain?"}], spans=[
    {"id": "s1", "name": "agent", "kind": "span", "start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-01T00:00:02Z", "usage": {"input_tokens": 7}},
    {"id": "s2", "parent_id": "s1", "name": "search", "kind": "tool", "duration_ms": 500, "status": "error"}])})
Path("weights.bin").write_bytes(b"weights")
artifact = trackio.Artifact("model", type="model", description="small")
artifact.add_file("weights.bin")
trackio.log_artifact(artifact, aliases=["best"])
trackio.finish()
trackio.init(project="cli", name="second", **off)
trackio.log({"loss": 3.0})
trackio.finish()
`;

const OF_RUN = ["--project", "cli", "--run", "first"];
/** Work at the package's own server too. */
const COMMANDS: readonly (readonly string[])[] = [
  ["list", "projects"],
  ["list", "runs", "--project", "cli"],
  ["list", "metrics", ...OF_RUN],
  ["list", "system-metrics", ...OF_RUN],
  ["list", "alerts", "--project", "cli"],
  ["list", "alerts", ...OF_RUN],
  ["list", "reports", "--project", "cli"],
  ["list", "artifacts", "--project", "cli"],
  ["list", "traces", "--project", "cli"],
  ["list", "traces", ...OF_RUN, "--search", "RAIN"],
  ["get", "project", "--project", "cli"],
  ["get", "run", ...OF_RUN],
  ["get", "artifact", "--project", "cli", "--name", "model", "--version", "best"],
  ["get", "metric", ...OF_RUN, "--metric", "loss"],
  ["get", "metric", ...OF_RUN, "--metric", "loss", "--step", "3"],
  ["get", "metric", ...OF_RUN, "--metric", "loss", "--around", "2", "--window", "1"],
  ["get", "system-metric", ...OF_RUN],
  ["get", "system-metric", ...OF_RUN, "--metric", "gpu/0/utilization"],
  ["get", "alerts", "--project", "cli"],
  ["get", "report", ...OF_RUN, "--report", "summary"],
  [
    "query",
    "project",
    "--project",
    "cli",
    "--sql",
    "SELECT run_name, step FROM metrics ORDER BY id",
  ],
  ["query", "project", "--project", "cli", "--sql", "PRAGMA table_info(alerts)"],
];

/** Runs the commands one after the other in one process, as `trackio` on a command line does. */
const RUN_COMMANDS = `
import contextlib, io, json, os, sys
from trackio.cli import main
answers = []
for argv in json.loads(os.environ["COMMANDS"]):
    sys.argv = ["trackio", "--space", os.environ["TRACKIO_SERVER_URL"], *argv]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        except Exception as error:
            code = repr(error)
    answers.append({"code": code, "out": out.getvalue(), "err": err.getvalue()})
print(json.dumps(answers))
`;

interface Answer {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

async function runCommands(
  server: ServerProcess,
  commands: readonly (readonly string[])[],
): Promise<Answer[]> {
  const env = { TRACKIO_SERVER_URL: server.url, COMMANDS: JSON.stringify(commands) };
  return JSON.parse((await python(RUN_COMMANDS, env)).stdout) as Answer[];
}

/** Times and random ids are each server's own; a whole number is written 1.0 there and 1 here. */
function masked({ code, out, err }: Answer): Answer {
  const text = out
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)?/g, "<time>")
    .replaceAll(/\b[0-9a-f]{32}\b/g, "<id>")
    .replaceAll(/\b(\d+)\.0\b/g, "$1");
  return { code, out: text, err };
}

let ours: ServerProcess;
let theirs: ServerProcess;

beforeAll(async () => {
  if (!canRunKit) return;
  ours = await startShow();
  theirs = await startTrackioServer();
  await python(TRAINING, ours.env);
  await python(TRAINING, theirs.env);
});

afterAll(async () => {
  await ours?.[Symbol.asyncDispose]();
  await theirs?.[Symbol.asyncDispose]();
});

describe.each(["for people", "as JSON"])(
  "answers %s are those of the package's own server",
  (form) => {
    const commands = COMMANDS.map((command) =>
      form === "as JSON" ? [...command, "--json"] : command,
    );
    let expected: Answer[];
    let answered: Answer[];

    beforeAll(async () => {
      if (!canRunKit) return;
      expected = await runCommands(theirs, commands);
      answered = await runCommands(ours, commands);
    });

    pythonTest.for(commands.map((command, place) => ({ command: command.join(" "), place })))(
      "trackio $command",
      ({ place }) => {
        expect(expected[place]).toMatchObject({ code: 0 });
        expect(masked(answered[place]!)).toEqual(masked(expected[place]!));
      },
    );
  },
);

describe("what the package's own server cannot answer", () => {
  /** The JSON of one command. */
  async function json<T>(...command: string[]): Promise<T> {
    const [answer] = await runCommands(ours, [[...command, "--json"]]);
    expect(answer).toMatchObject({ code: 0 });
    return JSON.parse(answer!.out) as T;
  }

  pythonTest("alerts of one level, and since a time", async () => {
    const { alerts } = await json<{ alerts: { title: string; timestamp: string }[] }>(
      ...["list", "alerts", ...OF_RUN, "--level", "error"],
    );
    expect(alerts.map(({ title }) => title)).toEqual(["too slow"]);
    const since = await json<{ alerts: unknown[] }>(
      ...["list", "alerts", ...OF_RUN, "--since", "2030-01-01T00:00:00+00:00"],
    );
    expect(since.alerts).toEqual([]);
  });

  pythonTest("the metrics at a step, and around one", async () => {
    const at = await json<Snapshot>("get", "snapshot", ...OF_RUN, "--step", "3");
    expect(at.metrics.loss).toMatchObject([{ step: 3, value: 0.25 }]);
    const around = await json<Snapshot>(
      ...["get", "snapshot", ...OF_RUN, "--around", "3", "--window", "1"],
    );
    expect(around.metrics.loss?.map(({ step }) => step)).toEqual([2, 3, 4]);
  });

  pythonTest("a trace by its id, and a summary of all", async () => {
    const { traces } = await json<{ traces: { id: string }[] }>("list", "traces", ...OF_RUN);
    const { id } = traces[0]!;
    const trace = await json<object>("get", "trace", "--project", "cli", "--trace-id", id);
    expect(JSON.stringify(trace)).toContain('"search"');
    const summary = await json<object>("get", "trace-summary", "--project", "cli");
    expect(JSON.stringify(summary)).toContain('"search"');
  });
});

interface Snapshot {
  readonly metrics: Readonly<Record<string, readonly { step: number; value: number }[]>>;
}

import { describe, expect, test } from "vitest";
import { entry, TrackioServer } from "../testing/trackio-server.ts";

const PROJECT = "my.proj";
const RUN = { project: PROJECT, run: "run A", run_id: "a1" };
type Row = { readonly [key: string]: unknown };

/** Logs one entry a step. */
async function log(server: TrackioServer, entries: readonly object[]): Promise<void> {
  await server.data("bulk_log", { logs: entries, hf_token: null });
}

const rowsOf = (server: TrackioServer, call: string, args: object) =>
  server.data<readonly Row[]>(call, args);

describe("what was logged", () => {
  test("is read right after it was written", async () => {
    const server = await TrackioServer.start();
    for (let step = 0; step < 20; step += 1) {
      await log(server, [entry({ loss: step }, { step, log_id: `l${step}` })]);
      const summary = await server.data<Row>("get_run_summary", RUN);
      expect(summary).toMatchObject({ num_logs: step + 1, last_step: step, metrics: ["loss"] });
    }
  });

  test("comes back as it came, in the order in which it came", async () => {
    const server = await TrackioServer.start();
    const text =
      '{"logs":[{"project":"my.proj","run":"run A","run_id":"a1","step":18014398509481985,"log_id":"x",' +
      '"metrics":{"10":1,"2":18446744073709551615,"train":{"acc":0.5,"nan":"NaN"},"bad":"NaN","__proto__":1,"":null,' +
      '"list":[1,"NaN",{"b":1,"a":2}],"half":-0.0,"text":"é"}}],"hf_token":null}';
    expect((await server.call("bulk_log", text)).status).toBe(200);
    const answer = await server.call("get_logs", RUN);
    expect(answer.text.replace(/"timestamp":"[^"]+"/, '"timestamp":T')).toBe(
      '{"data":[{"10":1,"2":18446744073709551615,"train":{"acc":0.5,"nan":"NaN"},"bad":null,"__proto__":1,"":null,' +
        '"list":[1,"NaN",{"b":1,"a":2}],"half":-0.0,"text":"é","timestamp":T,"step":18014398509481985}]}',
    );
    expect((await server.call("get_logs", { ...RUN, scalar_only: true })).text).toMatch(
      /^\{"data":\[\{"10":1,"2":18446744073709551615,"__proto__":1,"half":-0.0,"timestamp":"[^"]+","step":18014398509481985\}\]\}$/,
    );
  });

  test("of a name that several runs have is that of the newest", async () => {
    const server = await TrackioServer.start();
    await log(server, [entry({ a: 1 }, { run_id: "old" })]);
    await log(server, [entry({ b: 1 }, { run_id: "new" })]);
    const names = (args: object) =>
      server.data("get_metrics_for_run", { project: PROJECT, ...args });
    expect(await names({ run: "run A" })).toEqual(["b"]);
    expect(await names({ run: "run A", run_id: "old" })).toEqual(["a"]);
    expect(await names({ run: "nobody" })).toEqual([]);
    expect(await names({})).toEqual([]);
    const runs = await rowsOf(server, "get_runs_for_project", { project: "myproj" });
    expect(runs.map(({ id, name }) => [id, name])).toEqual([
      ["old", "run A"],
      ["new", "run A"],
    ]);
  });
});

describe("points", () => {
  async function withSteps(): Promise<TrackioServer> {
    const server = await TrackioServer.start();
    const entries = Array.from({ length: 10 }, (_, step) => entry({ loss: step / 2 }, { step }));
    await log(server, [...entries, entry({ other: 1 }, { step: 10 })]);
    return server;
  }

  test("at a step, around one, around a time, or spread over all", async () => {
    const server = await withSteps();
    const steps = async (args: object) =>
      (await rowsOf(server, "get_metric_values", { ...RUN, metric_name: "loss", ...args })).map(
        ({ step }) => step,
      );
    expect(await steps({ step: 3 })).toEqual([3]);
    expect(await steps({ around_step: 5, window: 2 })).toEqual([3, 4, 5, 6, 7]);
    expect(await steps({ max_points: 4 })).toEqual([0, 3, 6, 9]);
    expect(await steps({ max_points: 1 })).toEqual([9]);
    expect(await steps({ step: 99 })).toEqual([]);
    const [first] = await rowsOf(server, "get_logs", RUN);
    const at_time = first!.timestamp;
    expect(await steps({ at_time, window: 60 })).toHaveLength(10);
    expect(await steps({ at_time: "2001-01-01T00:00:00", window: 60 })).toEqual([]);
    const big = (step: string) =>
      `{"logs":[{"project":"my.proj","run":"run A","run_id":"a1","metrics":{"loss":1},"step":${step}}]}`;
    for (const step of ["18014398509481984", "18014398509481985", "18014398509481986"]) {
      await server.call("bulk_log", big(step));
    }
    const asked = JSON.stringify({ ...RUN, metric_name: "loss", step: 0 });
    const exact = await server.call(
      "get_metric_values",
      asked.replace(/0}$/, "18014398509481985}"),
    );
    expect(exact.text).toMatch(
      /^\{"data":\[\{"timestamp":"[^"]+","step":18014398509481985,"value":1\}\]\}$/,
    );
    const around = asked.replace(/"step":0}$/, '"around_step":18014398509481985,"window":1}');
    const window = (await server.call("get_metric_values", around)).text.match(/"step":\d+/g);
    expect(window).toEqual([4, 5, 6].map((last) => `"step":1801439850948198${last}`));
    const wrong = { ...RUN, metric_name: "loss", max_points: "many" };
    expect((await server.call("get_metric_values", wrong)).status).toBe(500);
  });

  test("a snapshot has all metrics of a step, also as Trackio's command line asks for it", async () => {
    const server = await withSteps();
    const byName = await server.data<Row>("get_snapshot", { ...RUN, step: 10 });
    expect(byName).toMatchObject({ other: [{ step: 10, value: 1 }] });
    const byPlace = { args: [PROJECT, "run A", 10, null, null, null], kwargs: {} };
    expect(await server.data("get_snapshot", byPlace)).toEqual(byName);
    const around = { args: [PROJECT, "run A", null, 9, null, 1], kwargs: {} };
    expect(Object.keys(await server.data<Row>("get_snapshot", around))).toEqual(["loss", "other"]);
    const whole = { args: [PROJECT, null, "a1", 10], kwargs: {} };
    expect(await server.data("get_snapshot", whole)).toEqual(byName);
  });

  test("of more rows than asked for every key is shown", async () => {
    const server = await TrackioServer.start();
    const entries = Array.from({ length: 500 }, (_, step) =>
      entry(step % 100 === 7 ? { rare: step } : { loss: step }, { step }),
    );
    await log(server, entries);
    const runs = [
      { run: "run A", run_id: "a1" },
      { run: "nobody", run_id: null },
    ];
    const [one, none] = await rowsOf(server, "get_logs_batch", {
      project: PROJECT,
      runs,
      max_points: 50,
    });
    const rows = one!.logs as Row[];
    expect(rows.length).toBeLessThanOrEqual(50);
    expect(rows.filter(({ rare }) => rare !== undefined)).toHaveLength(5);
    expect(rows.at(-1)).toMatchObject({ loss: 499, step: 499 });
    expect(none).toEqual({ run: "nobody", run_id: null, logs: [] });
  });

  test("what is no list of runs, no limit or no boolean is refused", async () => {
    const server = await TrackioServer.start();
    const refused: readonly (readonly [object, string])[] = [
      [{ runs: "a" }, "runs must be a list"],
      [{ runs: Array<object>(65).fill({}) }, "runs cannot contain more than 64 entries"],
      [{ runs: [1] }, "runs[0] must be an object"],
      [{ runs: [], max_points: "many" }, "max_points must be an integer or null"],
      [{ runs: [], scalar_only: "perhaps" }, "scalar_only must be a boolean"],
    ];
    for (const [args, error] of refused) {
      const answer = await server.call("get_logs_batch", { project: PROJECT, ...args });
      expect(answer).toMatchObject({ status: 400, error });
    }
  });
});

test("alerts by level and time, also as Trackio's command line asks for them", async () => {
  const server = await TrackioServer.start();
  await log(server, [entry({ loss: 1 })]);
  const alerts = ["info", "warn", "error"].map((level, i) => {
    const timestamp = `2026-01-01T00:00:0${i}.000000+00:00`;
    return { ...RUN, title: level, level, timestamp, alert_id: `al${i}` };
  });
  await server.data("bulk_alert", { alerts, hf_token: null });
  const titles = async (body: object) =>
    (await rowsOf(server, "get_alerts", body)).map(({ title }) => title);
  expect(await titles(RUN)).toEqual(["error", "warn", "info"]);
  expect(await titles({ project: PROJECT, level: "warn" })).toEqual(["warn"]);
  expect(await titles({ project: PROJECT, since: alerts[0]!.timestamp })).toEqual([
    "error",
    "warn",
  ]);
  expect(await titles({ project: PROJECT, run: "nobody" })).toEqual([]);
  expect(await titles({ args: [PROJECT, "run A", "warn", null], kwargs: {} })).toEqual(["warn"]);
  expect(
    await titles({ args: [PROJECT, "run A", null, alerts[1]!.timestamp], kwargs: {} }),
  ).toEqual(["error"]);
});

test("alerts and traces are at the very step at which they were logged", async () => {
  const server = await TrackioServer.start();
  const step = 2n ** 53n + 1n;
  const chat = { _type: "trackio.trace", messages: [], metadata: {}, spans: [] };
  const fields = '"project":"my.proj","run":"run A","run_id":"a1"';
  const at = `${fields},"step":${step}`;
  await server.call("bulk_log", `{"logs":[{${at},"metrics":{"chat":${JSON.stringify(chat)}}}]}`);
  await server.call("bulk_alert", `{"alerts":[{${at},"title":"late","level":"warn"}]}`);
  for (const call of ["get_alerts", "get_traces", "get_trace_steps"]) {
    expect((await server.call(call, RUN)).text).toMatch(new RegExp(`"step":${step}[,}]`));
  }
  const query = "SELECT step FROM alerts UNION ALL SELECT step FROM traces";
  const answer = await server.call("query_project", { project: PROJECT, query });
  expect(answer.text).toContain(`"rows":[{"step":${step}},{"step":${step}}]`);
  const beyond = `{"alerts":[{${fields},"step":1${"0".repeat(30)},"title":"later","level":"warn"}]}`;
  await server.call("bulk_alert", beyond);
  expect((await server.call("get_alerts", RUN)).text).toContain(`"step":1${"0".repeat(30)}}`);
  expect((await server.call("query_project", { project: PROJECT, query })).text).toContain("1e+30");
  const found = await server.call("get_traces", `{${fields},"step":${step}}`);
  expect(found.text).toContain('"key":"chat"');
  expect(await rowsOf(server, "get_traces", { ...RUN, step: Number(step) })).toEqual([]);
});

test("an argument nested without end is refused, and what is asked next is answered", async () => {
  const server = await TrackioServer.start();
  for (const levels of [501, 20_000, 200_000]) {
    const deep = `{"project":${"[".repeat(levels)}${"]".repeat(levels)},"query":"select 1"}`;
    for (const call of ["get_logs", "get_run_configs", "query_project"]) {
      expect(await server.call(call, deep, null)).toMatchObject({
        status: 400,
        error: expect.stringContaining("project is nested more than 500 levels deep"),
      });
    }
  }
  expect(await server.call("get_all_projects", {}, null)).toMatchObject({ status: 200, data: [] });
});

test("beyond the last trace there are none, however far", async () => {
  const server = await TrackioServer.start();
  const trace = { _type: "trackio.trace", messages: [{ role: "user", content: "x" }] };
  await log(server, [entry({ trace })]);
  expect(await server.data("get_traces", RUN)).toHaveLength(1);
  for (const offset of ["1", "9223372036854775808", "1e308", '"99999999999999999999"']) {
    const body = `{"project":"my.proj","run_id":"a1","offset":${offset}}`;
    expect(await server.data("get_traces", body)).toEqual([]);
  }
});

test("no answer tells where the server's files lie", async () => {
  const server = await TrackioServer.start();
  await log(server, [entry({ loss: 1 })]);
  const calls = [
    "get_settings",
    "get_project_files",
    "get_registries",
    "get_registry_buckets",
    "get_run_mutation_status",
  ];
  for (const call of calls) {
    const { text, status } = await server.call(call, { project: PROJECT });
    expect(status, call).toBe(200);
    expect(text).not.toContain(server.folder.root);
  }
  expect(await server.data("get_settings", {})).toMatchObject({
    media_dir: "/media",
    space_id: null,
  });
  expect(await server.data("get_run_mutation_status", {})).toEqual({
    spaces: false,
    allowed: true,
    auth: "local",
  });
  expect((await server.call("get_run_mutation_status", {}, null)).data).toMatchObject({
    allowed: false,
    auth: "none",
  });
});

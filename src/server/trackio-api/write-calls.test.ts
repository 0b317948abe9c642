import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readHead } from "../../journal/run-head.ts";
import { readFolder } from "../../journal/testing/read-all.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { entry, TOKEN, TrackioServer } from "./testing/trackio-server.ts";

const RUN = { project: "my.proj", run_id: "a1" };
/** Machines may be busy. */
const LONG = { timeout: 20_000 };
type Row = { readonly [key: string]: unknown };

describe("bulk_log", () => {
  test("gives back exactly what came", async () => {
    const server = await TrackioServer.start();
    const metrics =
      '{"loss":0.5,"train":{"acc":0.9,"nan":"NaN"},"bad":"NaN","flag":true,"none":null,"txt":"hello","lst":[1,2,"NaN"],"big":18446744073709551615,"__proto__":1,"":2,"\\u0000":3,"e\\u0301":4,"é":5,"9":6,"10":{"2":1,"1":2},"h":{"_type":"trackio.histogram","bins":[0,1],"values":[1]},"t":{"_type":"trackio.table","_value":[{"b":1,"a":"NaN"}]},"i":{"_type":"trackio.image","file_path":"myproj/run A/6/x.png","caption":null}}';
    const logs = `[{"project":"my.proj","run":"run A","run_id":"a1","metrics":${metrics},"step":9007199254740993,"config":null,"log_id":"x1"},{"project":"my.proj","run":"run A","run_id":"a1","metrics":{},"step":1.5,"log_id":"x2"}]`;
    expect((await server.call("bulk_log", `{"kwargs":{"logs":${logs}}}`)).status).toBe(200);
    const { text } = await server.call("get_logs", RUN);
    const [, first, second] = /^\{"data":\[(\{.*\}),(\{"timestamp".*\})\]\}$/s.exec(text) ?? [];
    const given = metrics.replace('"bad":"NaN"', '"bad":null');
    expect(first).toContain(`${given.slice(0, -1).replace("e\\u0301", "e\u0301")},"timestamp":"`);
    expect(first).toMatch(/,"step":9007199254740993\}$/);
    expect(second).toMatch(/^\{"timestamp":"[^"]+","step":1.5\}$/);
  });

  test("keeps each entry once by its id, also after a restart", async () => {
    const server = await TrackioServer.start();
    const logs = [0, 1, 2].map((step) => entry({ x: step }, { step, log_id: `id-${step}` }));
    const system = [
      {
        ...RUN,
        run: "run A",
        metrics: { gpu: 1 },
        timestamp: "2026-11-22T21:51:14+00:00",
        log_id: "s",
      },
    ];
    const alerts = [{ ...RUN, run: "run A", title: "t", level: "info", alert_id: "n" }];
    for (let round = 0; round < 2; round += 1) {
      await server.data("bulk_log", { logs });
      await server.data("bulk_log", { logs: logs.slice(1) });
      await server.data("bulk_log_system", { logs: system });
      await server.data("bulk_alert", { alerts });
      await server.stop();
      await server.start();
    }
    expect((await server.data<Row[]>("get_logs", RUN)).map(({ x }) => x)).toEqual([0, 1, 2]);
    expect(await server.data("get_system_logs", RUN)).toHaveLength(1);
    expect(await server.data("get_alerts", RUN)).toHaveLength(1);
  });

  test("numbers entries without a step on from the highest", async () => {
    const server = await TrackioServer.start();
    await server.data("bulk_log", {
      logs: [entry({ x: 1 }, { step: 7 }), entry({ x: 2 }, { step: 3 })],
    });
    await server.data("bulk_log", { logs: [1, 2].map((x) => entry({ x }, { step: null })) });
    await server.data("log", {
      project: "my.proj",
      run: "run A",
      run_id: "a1",
      metrics: { x: 9 },
      step: null,
    });
    const rows = await server.data<Row[]>("get_logs", RUN);
    expect(rows.map(({ step }) => step)).toEqual([7, 3, 8, 9, 10]);
  });

  test("a run without an id is called by its name; runs of one name with different ids are different", async () => {
    const server = await TrackioServer.start();
    const runs = [
      ["n", null],
      ["n", undefined],
      ["n", "1"],
      ["n", "2"],
    ] as const;
    await server.data("bulk_log", {
      logs: runs.map(([run, run_id]) => entry({ x: 1 }, { run, run_id })),
    });
    const listed = await server.data<Row[]>("get_runs_for_project", { project: "myproj" });
    expect(listed.map(({ id, name }) => [id, name]).sort()).toEqual([
      ["1", "n"],
      ["2", "n"],
      ["n", "n"],
    ]);
  });

  test("takes the time that an entry names, else its own, which rises within a run", async () => {
    const server = await TrackioServer.start();
    const timestamp = "2026-11-22T21:51:14.608602+00:00";
    await server.data("bulk_log", { logs: [entry({ x: 0 }, { timestamp })] });
    await server.data("bulk_log", { logs: Array.from({ length: 50 }, (_, i) => entry({ x: i })) });
    const rows = await server.data<Row[]>("get_logs", RUN);
    expect(rows[0]!.timestamp).toBe(timestamp);
    const times = rows.slice(1).map((row) => row.timestamp as string);
    expect(times).toEqual([...new Set(times)].sort());
    expect(rows.slice(1).map(({ x }) => x)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test("a configuration replaces the former one; one of a resume without any erases nothing", async () => {
    const server = await TrackioServer.start();
    const own = { _Username: null, _Created: "2026-11-22T21:51:14+00:00", _Group: "g1" };
    const configOf = async () =>
      (await server.data<Row>("get_run_configs", { project: "my.proj" })).a1;
    await server.data("bulk_log", { logs: [entry({ x: 1 }, { config: { lr: 1, ...own } })] });
    await server.data("bulk_log", {
      logs: [entry({ x: 1 }, { config: null }), entry({ x: 1 }, { config: {} })],
    });
    await server.data("bulk_log", { logs: [entry({ x: 1 }, { config: own })] });
    expect(await configOf()).toEqual({ lr: 1, ...own });
    await server.stop();
    await server.start();
    await server.data("bulk_log", { logs: [entry({ x: 1 }, { config: own })] });
    expect(await configOf()).toEqual({ lr: 1, ...own });
    await server.data("bulk_log", { logs: [entry({ x: 1 }, { config: { lr: 2 } })] });
    expect(await configOf()).toEqual({ lr: 2 });
    expect(readHead(server.folder, "myproj" as ProjectKey, "a1" as RunId)!.run.group).toBe("g1");
  });

  test("the group of a run is known, also where its system metrics came first", async () => {
    const server = await TrackioServer.start();
    await server.data("bulk_log_system", { logs: [{ ...RUN, run: "run A", metrics: { gpu: 1 } }] });
    await server.data("bulk_log", { logs: [entry({ x: 1 }, { config: { _Group: "g1" } })] });
    await server.data("get_logs", RUN);
    const response = await fetch(`${server.url}/api/v1/projects/myproj/runs`);
    expect(await response.json()).toMatchObject({ runs: [{ id: "a1", group: "g1" }] });
  });

  test("no content is refused: what cannot be understood is kept as it came, and costs no other entry", async () => {
    const server = await TrackioServer.start();
    const logs = [
      entry({ x: 1 }),
      5,
      entry("no object"),
      entry({ x: 1 }, { project: null }),
      entry({ x: 1 }, { run: null, run_id: null }),
      entry({ x: 2 }, { step: { no: "step" } }),
      entry({ x: 3 }, { step: "12", log_id: 5, config: "text" }),
      entry({ x: 4 }, { timestamp: "yesterday", run: "run A" }),
    ];
    expect((await server.call("bulk_log", { logs })).status).toBe(200);
    for (const body of ["{broken", '{"logs":null}', '{"logs":[{]}', "[".repeat(100_000)]) {
      expect((await server.call("bulk_log", body)).status).toBe(200);
    }
    const deep = `{"logs":[{"project":"p","run":"deep","metrics":{"a":${"[".repeat(2_000)}${"]".repeat(2_000)}}}]}`;
    expect((await server.call("bulk_log", deep)).status).toBe(200);
    const deepConfig = deep
      .replace("metrics", "config")
      .replace('"run":', '"metrics":{"x":1},"run":');
    expect((await server.call("bulk_log", deepConfig)).status).toBe(200);
    expect(
      (await server.call("bulk_alert", { alerts: [{ project: "p", run: "r" }, 7] })).status,
    ).toBe(200);
    const rows = await server.data<Row[]>("get_logs", RUN);
    expect(rows.map(({ x }) => x)).toEqual([1, 2, 3, 4]);
    expect(rows.map(({ step }) => step)).toEqual([0, 1, 12, 0]);
    const kept = readFileSync(server.folder.unreadableFile, "utf8").trimEnd().split("\n");
    expect(kept.map((line) => (JSON.parse(line) as Row).given)).toEqual(
      expect.arrayContaining(["5", "{broken", '{"logs":null}', '{"project":"p","run":"r"}']),
    );
    expect(kept).toHaveLength(12);
    expect(server.said.filter((line) => line.includes("cannot be understood"))).toHaveLength(1);
  });

  test("whatever JSON an entry is, it is answered with 200", async () => {
    const server = await TrackioServer.start();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.json({ maxDepth: 3 }), { maxLength: 4 }),
        fc.json(),
        async (items, metrics) => {
          const one = `{"project":"p","run":"any","metrics":${metrics},"step":${metrics},"log_id":${metrics},"config":${metrics}}`;
          for (const call of ["bulk_log", "bulk_log_system"]) {
            const { status } = await server.call(call, `{"logs":[${[...items, one].join()}]}`);
            expect(status).toBe(200);
          }
          const { status } = await server.call("bulk_alert", `{"alerts":[${items.join()}]}`);
          expect(status).toBe(200);
        },
      ),
      { numRuns: 60 },
    );
    expect((await server.call("get_logs", { project: "p", run: "any" })).status).toBe(200);
  });

  test("a body of any size is taken without holding it in memory", async () => {
    const server = await TrackioServer.start();
    const text = "x".repeat(10_000);
    const logs = Array.from({ length: 4_000 }, (_, step) =>
      JSON.stringify(entry({ step, text: `${text}"]}${step}\\` }, { step, log_id: `id-${step}` })),
    );
    logs.splice(2_000, 0, "{broken}", "17");
    const body = `{"args":[],"kwargs":{"hf_token":null,"logs":[${logs.join(", ")}]}}`;
    expect(body.length).toBeGreaterThan(40_000_000);
    expect((await server.call("bulk_log", body)).status).toBe(200);
    const records = readFolder(server.folder).flatMap((journal) => journal.records);
    expect(records.map(({ step }) => step)).toEqual(Array.from({ length: 4_000 }, (_, i) => i));
    expect(records[2_500]!.values).toEqual([2_500, `${text}"]}2500\\`]);
    expect(server.uploads()).toEqual([]);
    expect(readFileSync(server.folder.unreadableFile, "utf8").trimEnd().split("\n")).toHaveLength(
      2,
    );
  });

  test("a large body that is no batch is 400, one that breaks off is forgotten", async () => {
    const server = await TrackioServer.start();
    const answer = await server.call("bulk_log", JSON.stringify({ other: "x".repeat(9_000_000) }));
    expect(answer).toMatchObject({ status: 400, error: "Missing required parameter: logs" });
    const broken = new AbortController();
    const body = new ReadableStream({
      async pull(controller) {
        await setImmediate();
        controller.enqueue(new Uint8Array(1_000_000).fill(0x20));
        if (server.uploads().length > 0) broken.abort();
      },
    });
    const request = fetch(`${server.url}/api/bulk_log`, {
      method: "POST",
      body,
      duplex: "half",
      signal: broken.signal,
      headers: { "x-trackio-write-token": TOKEN },
    } as RequestInit);
    await expect(request).rejects.toThrow();
    await expect.poll(() => server.uploads(), LONG).toEqual([]);
    expect(readFolder(server.folder)).toEqual([]);
  });
});

describe("runs", () => {
  test("are deleted with all that is their own, and what is still sent of them is dropped", async () => {
    const server = await TrackioServer.start();
    const log = () =>
      server.data("bulk_log", { logs: [entry({ x: 1 }), entry({ x: 2 }, { run_id: "b1" })] });
    await log();
    await server.data("bulk_log_system", { logs: [{ ...RUN, run: "run A", metrics: { gpu: 1 } }] });
    expect(await server.data("delete_run", { project: "my.proj", run_id: "a1" })).toBe(true);
    await log();
    const runs = await server.data<Row[]>("get_runs_for_project", { project: "my.proj" });
    expect(runs.map(({ id }) => id)).toEqual(["b1"]);
    expect(await server.data("get_system_logs", RUN)).toEqual([]);
    expect(await server.data("delete_run", { project: "my.proj", run_id: "a1" })).toBe(false);
    expect(await server.data("delete_run", { project: "my.proj", run: "run A" })).toBe(true);
    expect(await server.data("delete_run", { project: "none", run: "run A" })).toBe(false);
  });

  test("are renamed, and go on under their new name", async () => {
    const server = await TrackioServer.start();
    await server.data("bulk_log", { logs: [entry({ x: 1 })] });
    const rename = (newName: string, old = "run A") =>
      server.call("rename_run", { project: "my.proj", old_name: old, new_name: newName });
    expect(await rename("  better ")).toMatchObject({ status: 200, data: true });
    await server.data("bulk_log", { logs: [entry({ x: 2 })] });
    const runs = await server.data<Row[]>("get_runs_for_project", { project: "my.proj" });
    expect(runs.map(({ id, name }) => [id, name])).toEqual([["a1", "better"]]);
    expect(await server.data("get_logs", { project: "my.proj", run: "better" })).toHaveLength(2);
    expect(await rename(" ", "better")).toMatchObject({
      status: 500,
      error: "New run name cannot be empty",
    });
    expect(await rename("c", "unknown")).toMatchObject({
      status: 500,
      error: "Run 'unknown' does not exist in project 'my.proj'",
    });
  });
});

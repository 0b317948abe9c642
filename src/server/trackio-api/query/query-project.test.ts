import { expect, test } from "vitest";
import { entry, TrackioServer } from "../testing/trackio-server.ts";

const PROJECT = "my.proj";

test("SQL over the project's tables reads, and does nothing else", async () => {
  const server = await TrackioServer.start();
  await server.data("bulk_log", {
    logs: [
      entry({ loss: 0.5, n: 3 }, { config: { lr: 0.1 } }),
      entry({ loss: "NaN" }, { step: 1 }),
    ],
    hf_token: null,
  });
  const query = (sql: string) => server.call("query_project", { project: PROJECT, query: sql });
  expect(
    (
      await query(
        "SELECT run_name, step, json_extract(metrics, '$.loss') AS loss FROM metrics ORDER BY id;",
      )
    ).data,
  ).toEqual({
    project: PROJECT,
    query:
      "SELECT run_name, step, json_extract(metrics, '$.loss') AS loss FROM metrics ORDER BY id",
    columns: ["run_name", "step", "loss"],
    rows: [
      { run_name: "run A", step: 0, loss: 0.5 },
      { run_name: "run A", step: 1, loss: "NaN" },
    ],
    row_count: 2,
  });
  await server.data("bulk_log", { logs: [entry({ loss: 1 }, { step: 2 })], hf_token: null });
  expect((await query("SELECT count(*) AS n FROM metrics")).data).toMatchObject({
    rows: [{ n: 3 }],
  });
  expect(
    (await query("SELECT j.value FROM configs, json_each(configs.config) AS j WHERE j.key = 'lr'"))
      .data,
  ).toMatchObject({ rows: [{ value: 0.1 }] });
  expect((await query("PRAGMA user_version")).data).toMatchObject({ rows: [{ user_version: 2 }] });
  const forbidden = [
    ...[
      "DELETE FROM metrics",
      "PRAGMA user_version = 3",
      "PRAGMA journal_mode",
      "PRAGMA query_only = 0",
    ],
    ...[
      "WITH a AS (SELECT 1) DELETE FROM metrics",
      "ATTACH '/etc/passwd' AS p",
      "SELECT * FROM nowhere",
    ],
    ...["SELECT load_extension('x')", ""],
  ];
  for (const sql of forbidden) expect(await query(sql), sql).toMatchObject({ status: 500 });
  expect((await query("SELECT count(*) AS n FROM metrics")).data).toMatchObject({
    rows: [{ n: 3 }],
  });
  const rows =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10001) SELECT i FROM n";
  expect((await query(rows)).error).toMatch(/^Query returned more than 10000 rows/);
  const nobody = await server.call("query_project", { project: "nobody", query: "SELECT 1" });
  expect(nobody).toMatchObject({ status: 500, error: "Project 'nobody' not found." });
});

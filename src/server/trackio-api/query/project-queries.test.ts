import { expect, test } from "vitest";
import type { ProjectKey } from "../../../protocol/ids.ts";
import { entry, TrackioServer } from "../testing/trackio-server.ts";
import { ProjectQueries } from "./project-queries.ts";

const FOR_EVER =
  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

test("a query that takes too long ends with its process, and the next one is answered", async () => {
  const server = await TrackioServer.start();
  const projects = ["a", "b", "c"].map((project) => project as ProjectKey);
  const logs = projects.map((project) => entry({ loss: 1 }, { project, run_id: project }));
  await server.data("bulk_log", { logs, hf_token: null });
  await server.data("get_runs_for_project", { project: "a" });
  const queries = new ProjectQueries(server.folder.root, { queryMs: 300 });
  try {
    const ask = async (project: ProjectKey, query: string) => {
      const bytes = await queries.ask({ project, asWritten: project, query });
      return JSON.parse(Buffer.from(bytes).toString()) as { readonly rows: unknown };
    };
    const endless = ask(projects[0]!, FOR_EVER);
    const others = projects.map((project) => ask(project, "SELECT run_id FROM metrics"));
    // Handled below; here it may come too early.
    for (const other of others) other.catch(() => undefined);
    await expect(endless).rejects.toThrow(
      "The query took more than 0.3 s to answer; ask for less.",
    );
    const answers = await Promise.allSettled(others);
    expect(answers.map((one) => one.status === "fulfilled" && one.value.rows)).toEqual([
      [{ run_id: "a" }],
      [{ run_id: "b" }],
      [{ run_id: "c" }],
    ]);
    expect((await ask(projects[0]!, "SELECT run_id FROM metrics")).rows).toEqual([{ run_id: "a" }]);
  } finally {
    await queries.close();
  }
});

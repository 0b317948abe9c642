import { expect, test } from "vitest";
import { READ_CALLS } from "./reads/read-calls.ts";
import { entry, TrackioServer } from "./testing/trackio-server.ts";

test("a project whose name is longer than a file's may be is read as any other", async () => {
  const server = await TrackioServer.start();
  const named = { project: "n".repeat(300), run: "r".repeat(300), run_id: "i".repeat(300) };
  await server.data("bulk_log", { logs: [entry({ loss: 1 }, named)], hf_token: null });
  const others = { metric_name: "loss", runs: [named], version_id: 1, registry: "r", name: "a" };
  for (const { name } of READ_CALLS) {
    const answer = await server.call(name, { ...named, ...others, spec: null, query: "SELECT 1" });
    expect(`${name}: ${answer.error}`).not.toContain("The server failed");
  }
  const digests = ["0".repeat(64)];
  expect(await server.data("check_artifact_blobs", { ...named, digests })).toMatchObject({
    present: [],
  });
  expect(await server.data("get_run_summary", named)).toMatchObject({ num_logs: 1 });
});

import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { entry, TrackioServer } from "./testing/trackio-server.ts";

const RUN = { project: "my.proj", run_id: "a1" };

describe("the envelope", () => {
  test("calls take arguments by name, by place, as data and as a list", async () => {
    const server = await TrackioServer.start();
    const logs = [entry({ x: 1 })];
    for (const body of [
      { args: [], kwargs: { logs, hf_token: null } },
      { logs, hf_token: null, other: 1 },
      { logs },
      { args: [logs, null] },
      { data: [logs, null] },
      [logs, null, "more"],
    ]) {
      expect(await server.call("bulk_log", body)).toMatchObject({
        status: 200,
        text: '{"data":null}',
      });
    }
    expect(await server.data("get_logs", RUN)).toHaveLength(6);
  });

  test("what is no call is 404, what is missing 400, and only POST is taken", async () => {
    const server = await TrackioServer.start();
    expect(await server.call("no_such_call", {})).toMatchObject({
      status: 404,
      error: "Unknown API: no_such_call",
    });
    for (const body of ["", "{}", "null", { kwargs: {} }, "[]"]) {
      expect(await server.call("bulk_log", body)).toMatchObject({
        status: 400,
        error: "Missing required parameter: logs",
      });
    }
    const response = await fetch(`${server.url}/api/bulk_log`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("what writes needs the token, and says how to get it", async () => {
    const server = await TrackioServer.start();
    for (const token of [null, "wrong"]) {
      for (const [call, what] of [
        ["bulk_log", "to log metrics or upload to this server"],
        ["bulk_log_system", "to log metrics or upload to this server"],
        ["bulk_alert", "to log metrics or upload to this server"],
        ["log", "to log metrics or upload to this server"],
        ["bulk_upload_media", "to log metrics or upload to this server"],
        ["upload", "to upload files to this server"],
        ["delete_run", "to delete or rename runs"],
        ["rename_run", "to delete or rename runs"],
      ] as const) {
        const args = {
          ...{ logs: [entry({})], alerts: [], uploads: [], project: "p", run: "r", metrics: {} },
          ...{ step: null, old_name: "a", new_name: "b" },
        };
        const answer = await server.call(call, args, token);
        expect(answer).toMatchObject({ status: 400 });
        expect(answer.error).toContain(`A write_token is required ${what}.`);
      }
    }
    expect(
      existsSync(server.folder.projectsPath) && readdirSync(server.folder.projectsPath),
    ).toEqual([]);
  });
});

import type { Operation } from "../operation.ts";
import { sendJson } from "../respond.ts";
import { projectOf } from "./project-of.ts";

export const listRuns: Operation = {
  method: "get",
  path: "/api/v1/projects/{project}/runs",
  id: "listRuns",
  summary: "All runs of a project, the newest first",
  answer: { contentType: "application/json", schema: "runListSchema", description: "The runs" },
  handle: async (c, server) => {
    const question = { ask: "runs", ...projectOf(c) } as const;
    return sendJson(c, await server.reader.ask(question, c.req.raw.signal));
  },
};

export const getRun: Operation = {
  method: "get",
  path: "/api/v1/projects/{project}/runs/{run}",
  id: "getRun",
  summary: "The run of that id, or the newest of that name",
  answer: { contentType: "application/json", schema: "runSchema", description: "The run" },
  handle: async (c, server) => {
    const question = { ask: "run", ...projectOf(c), run: c.req.param("run") ?? "" } as const;
    return sendJson(c, await server.reader.ask(question, c.req.raw.signal));
  },
};

import type { Operation } from "../operation.ts";
import { sendJson } from "../respond.ts";

export const listProjects: Operation = {
  method: "get",
  path: "/api/v1/projects",
  id: "listProjects",
  summary: "All projects, the newest activity first",
  answer: {
    contentType: "application/json",
    schema: "projectListSchema",
    description: "The projects",
  },
  handle: async (c, server) => {
    const question = { ask: "projects", running: server.running() } as const;
    return sendJson(c, await server.reader.ask(question, c.req.raw.signal));
  },
};

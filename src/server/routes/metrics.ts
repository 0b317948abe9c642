import { type Operation, readBody } from "../operation.ts";
import { sendJson } from "../respond.ts";
import { projectOf } from "./project-of.ts";

export const listMetrics: Operation = {
  method: "post",
  path: "/api/v1/projects/{project}/metrics",
  id: "listMetrics",
  summary: "What is known of every metric of the runs given, without reading a point",
  body: "metricsQuerySchema",
  answer: {
    contentType: "application/json",
    schema: "metricTableSchema",
    description: "One entry a metric, with lists parallel to the runs that have it",
  },
  handle: async (c, server) => {
    const { runs } = await readBody(c, "metricsQuerySchema");
    const question = { ask: "metrics", ...projectOf(c), runs: [...new Set(runs)] } as const;
    return sendJson(c, await server.reader.ask(question, c.req.raw.signal));
  },
};

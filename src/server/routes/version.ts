import { z } from "zod";
import type { Operation } from "../operation.ts";

const versionSchema = z.object({
  version: z.string(),
  api_version: z.literal(1),
  api_transport: z.literal("http"),
  mcp_enabled: z.literal(false),
  mcp_path: z.null(),
  writes_paused: z.literal(false),
});

export const getVersion: Operation = {
  method: "get",
  path: "/version",
  id: "getVersion",
  summary: "Which trackio answers here",
  answer: { contentType: "application/json", schema: versionSchema, description: "The version" },
  handle: (c, server) => {
    const version: z.infer<typeof versionSchema> = {
      version: server.version,
      api_version: 1,
      api_transport: "http",
      mcp_enabled: false,
      mcp_path: null,
      writes_paused: false,
    };
    return c.json(version);
  },
};

import type { Version } from "../../protocol/api.ts";
import type { Operation } from "../operation.ts";

export const getVersion: Operation = {
  method: "get",
  path: "/version",
  id: "getVersion",
  summary: "Which trackio answers here",
  answer: { contentType: "application/json", schema: "versionSchema", description: "The version" },
  handle: (c, server) => {
    const version: Version = {
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

import { type Operation, readBody } from "../operation.ts";
import { sendJson } from "../respond.ts";
import { projectOf } from "./project-of.ts";

export const listMedia: Operation = {
  method: "post",
  path: "/api/v1/projects/{project}/media",
  id: "listMedia",
  summary: "What pictures, videos, sounds and tables the runs given have, without reading one",
  body: "mediaQuerySchema",
  answer: {
    contentType: "application/json",
    schema: "mediaTableSchema",
    description: "One entry a key and kind, with lists parallel to the runs that have it",
  },
  handle: async (c, server) => {
    const { runs } = await readBody(c, "mediaQuerySchema");
    const question = { ask: "media", ...projectOf(c), runs: [...new Set(runs)] } as const;
    return sendJson(c, await server.reader.ask(question, c.req.raw.signal));
  },
};

export const readMediaSteps: Operation = {
  method: "post",
  path: "/api/v1/projects/{project}/media/steps",
  id: "readMediaSteps",
  summary: "The steps at which the runs given have media under a key",
  body: "mediaOfKeySchema",
  answer: {
    contentType: "application/json",
    schema: "mediaStepsSchema",
    description: "The steps of each run that has some",
  },
  handle: async (c, server) => {
    const query = await readBody(c, "mediaOfKeySchema");
    const question = { ask: "mediaSteps", ...projectOf(c), query } as const;
    return sendJson(c, await server.reader.ask(question, c.req.raw.signal));
  },
};

export const readMediaItems: Operation = {
  method: "post",
  path: "/api/v1/projects/{project}/media/items",
  id: "readMediaItems",
  summary: "Pictures, videos, sounds or tables under a key, the newest step first, in pages",
  body: "mediaItemsQuerySchema",
  answer: {
    contentType: "application/json",
    schema: "mediaItemsSchema",
    description: "The items; their bytes are at /api/v1/blobs/{hash}",
  },
  handle: async (c, server) => {
    const query = await readBody(c, "mediaItemsQuerySchema");
    const question = { ask: "mediaItems", ...projectOf(c), query } as const;
    return sendJson(c, await server.reader.ask(question, c.req.raw.signal));
  },
};

export const listFiles: Operation = {
  method: "get",
  path: "/api/v1/projects/{project}/files",
  id: "listFiles",
  summary: "The files that were saved with a project, the newest of each path",
  answer: {
    contentType: "application/json",
    schema: "fileListSchema",
    description: "The files; their bytes are at /api/v1/blobs/{hash}",
  },
  handle: async (c, server) => {
    const question = { ask: "files", ...projectOf(c) } as const;
    return sendJson(c, await server.reader.ask(question, c.req.raw.signal));
  },
};

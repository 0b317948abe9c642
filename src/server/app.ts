/** The server without its socket: requests in, responses out. */

import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { TrackioError } from "../protocol/errors.ts";
import { guard } from "./access/guard.ts";
import type { DashboardFiles } from "./dashboard-files.ts";
import { serveDashboard } from "./dashboard-routes.ts";
import { createOpenApi } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { sendError } from "./respond.ts";
import { findMissingBlobs, putBlob } from "./routes/blob-uploads.ts";
import { getBlob } from "./routes/blobs.ts";
import { followEvents } from "./routes/events.ts";
import { appendJournal, getJournalSize } from "./routes/journals.ts";
import { listFiles, listMedia, readMediaItems, readMediaSteps } from "./routes/media.ts";
import { listMetrics } from "./routes/metrics.ts";
import { listProjects } from "./routes/projects.ts";
import { getRun, listRuns } from "./routes/runs.ts";
import { readSeries } from "./routes/series.ts";
import { exportTable, readTable } from "./routes/tables.ts";
import { serveTrackioFiles } from "./routes/trackio-files.ts";
import { getVersion } from "./routes/version.ts";
import type { ServerContext } from "./server-context.ts";
import { TRACKIO_CALLS } from "./trackio-api/trackio-calls.ts";
import { serveTrackio } from "./trackio-api/trackio-routes.ts";

const OPERATIONS: readonly Operation[] = [
  listProjects,
  listRuns,
  getRun,
  listMetrics,
  readSeries,
  listMedia,
  readMediaSteps,
  readMediaItems,
  readTable,
  exportTable,
  listFiles,
  getBlob,
  findMissingBlobs,
  putBlob,
  appendJournal,
  getJournalSize,
  followEvents,
  getVersion,
];
const MAX_BODY_BYTES = 1024 * 1024;

export interface AppOptions {
  readonly dashboard: DashboardFiles;
  /** Names besides addresses and `localhost` that a request may call the server by. */
  readonly allowedHosts: readonly string[];
}

export function createApp(server: ServerContext, options: AppOptions): Hono {
  const app = new Hono();
  guard(app, server.access, options.allowedHosts);
  const limitBody = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuseBody });
  for (const operation of OPERATIONS) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ":$1");
    if (!operation.streamsBody) app.on(operation.method, path, limitBody);
    app.on(operation.method, path, (c) => operation.handle(c, server));
  }
  app.get("/openapi.json", async (c) => c.json(await createOpenApi(OPERATIONS, server.version)));
  serveTrackio(app, server, TRACKIO_CALLS);
  serveTrackioFiles(app, server);
  app.all("/api/*", refusePath);
  app.get("*", (c) => serveDashboard(c, options.dashboard));
  app.notFound(refusePath);
  app.onError((error, c) => refuseError(error, c, server));
  return app;
}

function refusePath(c: Context): Response {
  const message = `There is no ${c.req.method} ${c.req.path}; /openapi.json lists what there is.`;
  return sendError("not_found", message);
}

/** The rest of the body is not read, so that the connection cannot take another request. */
function refuseBody(): Response {
  const message = "The request is larger than 1 MB; ask for less at once.";
  const response = sendError("invalid_argument", message, 413);
  response.headers.set("connection", "close");
  return response;
}

function refuseError(error: Error, c: Context, server: ServerContext): Response {
  if (error instanceof TrackioError) {
    // Whoever asks is not told where things lie on this machine.
    const message = error.message.replaceAll(server.folder.root, "<data folder>");
    return sendError(error.code, message);
  }
  if (c.req.raw.signal.aborted) return sendError("unavailable", "The request was given up.", 499);
  const id = randomUUID().slice(0, 8);
  server.log(`Request ${id} ${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
  return sendError("internal", `The server failed at this (request ${id}); its log says more.`);
}

/**
 * How long a client may take. A header comes within seconds, or the connection is
 * closed; a body may take hours, since a video is sent over whatever line there
 * is, as long as something comes. Node's own limits hold for the rest: 16 KB of
 * header, and its parser refuses what two servers could read in two ways.
 */

import type { Server, ServerOptions } from "node:http";

const HEADERS_TIMEOUT_MS = 20_000;
const CHECKED_EVERY_MS = 5_000;
/** Without one byte in either direction. The live stream of changes sends something every 25 s. */
const SILENCE_TIMEOUT_MS = 120_000;

/** Options of the server, and what is set once it is made. */
export const CONNECTION_LIMITS: ServerOptions = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: 0,
  connectionsCheckingInterval: CHECKED_EVERY_MS,
};

/** A connection that has fallen silent is closed. */
export function closeSilentConnections(server: Server, silenceMs = SILENCE_TIMEOUT_MS): void {
  server.setTimeout(silenceMs);
}

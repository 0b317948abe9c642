/**
 * What every request passes before any route, and what every answer says to
 * browsers: the name that the server is called by, who may read, what pages of
 * other origins may ask.
 */

import type { Hono } from "hono";
import { sendError } from "../respond.ts";
import type { Access } from "./access.ts";
import { isAllowedHost } from "./allowed-hosts.ts";
import { answerPreflight, shareAnswer } from "./cross-origin.ts";
import { askForToken, giveReadCookie, isPage, leaveTokenBehind } from "./read-door.ts";

/** Paths that tell nothing but which server this is; clients ask them before they send a token. */
const OPEN_TO_ALL: ReadonlySet<string> = new Set(["/version", "/api/v1/version"]);

/** @param allowedHosts Names besides addresses and `localhost` that a request may call the server by. */
export function guard(app: Hono, access: Access, allowedHosts: readonly string[]): void {
  app.use(async (c, next) => {
    const request = c.req.raw;
    // A request line may name another host than the header.
    const hosts = [new URL(request.url).host, c.req.header("host")];
    for (const host of hosts) {
      if (host !== undefined && !isAllowedHost(host, allowedHosts)) return refuseHost(host);
    }
    const preflight = answerPreflight(request, c.req.path);
    if (preflight !== undefined) return preflight;
    const refused = OPEN_TO_ALL.has(c.req.path) ? undefined : checkReader(access, request);
    if (refused === undefined) await next();
    else c.res = refused;
    const { headers } = c.res;
    headers.set("x-content-type-options", "nosniff");
    headers.set("referrer-policy", "no-referrer");
    headers.set("cross-origin-resource-policy", "same-origin");
    shareAnswer(c.res, request, c.req.path);
    if (access.readToken !== undefined) keepPrivate(headers);
    if (refused === undefined && access.readToken !== undefined && isPage(request)) {
      giveReadCookie(c.res, request, access.readToken);
    }
  });
}

/** Undefined where the request may go on. */
function checkReader(access: Access, request: Request): Response | undefined {
  const token = access.readToken;
  if (token === undefined) return undefined;
  const mayRead = access.mayRead(request);
  if (isPage(request)) return mayRead ? leaveTokenBehind(request, token) : askForToken(request);
  return mayRead ? undefined : refuseReader(request);
}

/** What only some may read is for no cache that many share. */
function keepPrivate(headers: Headers): void {
  const given = headers.get("cache-control");
  if (given !== null) headers.set("cache-control", given.replace(/^public\b/, "private"));
}

function refuseReader(request: Request): Response {
  const message =
    "This server shows its data only to who has its read token; send it in the header x-trackio-read-token, or open the link that `trackio show` prints.";
  // Trackio clients know errors as a text alone.
  const isTheirs = /^[^?#]*\/\/[^/]+\/api\/[^/?#]+(?:$|[?#])/.test(request.url);
  const response = isTheirs
    ? Response.json({ error: message }, { status: 403 })
    : sendError("forbidden", message);
  // What it sends is not read, so that the connection cannot take another request.
  if (request.body !== null) response.headers.set("connection", "close");
  return response;
}

function refuseHost(host: string): Response {
  const message = `This server does not answer to the name ${JSON.stringify(host.slice(0, 300))}; call it by its address or as localhost, or let it know the name with --allow-host.`;
  return sendError("invalid_argument", message, 421);
}

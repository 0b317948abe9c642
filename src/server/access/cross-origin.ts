/**
 * What pages of other origins may ask: only what a script in a browser needs to
 * send its run here (`trackio/browser`), and only with the token in the header,
 * which a browser sends after it has asked whether it may. No answer ever says
 * that cookies count.
 */

import { WRITE_TOKEN_HEADER } from "./access.ts";

const SHARED: readonly (readonly [path: RegExp, methods: readonly string[]])[] = [
  [/^\/api\/v1\/journals\//, ["GET", "POST"]],
  [/^\/api\/v1\/blobs\//, ["POST", "PUT"]],
];
const ASKED_AGAIN_SECONDS = 600;

/** The answer to a browser that asks whether a page of another origin may do something; undefined for any other request. */
export function answerPreflight(request: Request, path: string): Response | undefined {
  const { headers } = request;
  if (request.method !== "OPTIONS" || !headers.has("access-control-request-method")) {
    return undefined;
  }
  const methods = methodsOf(path);
  if (methods === undefined) return new Response(null, { status: 403 });
  const response = new Response(null, { status: 204 });
  response.headers.set("access-control-allow-origin", "*");
  response.headers.set("access-control-allow-methods", methods.join(", "));
  response.headers.set("access-control-allow-headers", `content-type, ${WRITE_TOKEN_HEADER}`);
  response.headers.set("access-control-max-age", String(ASKED_AGAIN_SECONDS));
  if (headers.has("access-control-request-private-network")) {
    response.headers.set("access-control-allow-private-network", "true");
  }
  return response;
}

/** Lets the page read the answer where it may ask at all. */
export function shareAnswer(response: Response, request: Request, path: string): void {
  if (!request.headers.has("origin") || !request.headers.has(WRITE_TOKEN_HEADER)) return;
  if (!methodsOf(path)?.includes(request.method)) return;
  response.headers.set("access-control-allow-origin", "*");
  response.headers.set("access-control-expose-headers", "retry-after");
}

function methodsOf(path: string): readonly string[] | undefined {
  return SHARED.find(([pattern]) => pattern.test(path))?.[1];
}

/**
 * How a browser gets in where reading needs a token. `?read_token=…` on any page
 * becomes a cookie that no script and no other site can use, and leaves the
 * address. Whoever has no token is asked for it.
 *
 * A browser holds such a cookie back from a link on another site; so a page that
 * is not let in asks once more for itself, which it does as one of ours, and
 * only then shows the form.
 */

import { READ_TOKEN_COOKIE, READ_TOKEN_PARAMETER } from "./access.ts";
import { isForFrame, readParameter } from "./request-facts.ts";

const KEPT_SECONDS = 7 * 24 * 3600;
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
};

/** Whether the answer is a page that a person looks at. */
export function isPage(request: Request): boolean {
  return request.method === "GET" && /\btext\/html\b/.test(request.headers.get("accept") ?? "");
}

/** For a request that may read: sends it on without the token in its address; undefined where there is none in it. */
export function leaveTokenBehind(request: Request, token: string): Response | undefined {
  if (readParameter(request, READ_TOKEN_PARAMETER) === undefined) return undefined;
  const headers = { location: addressOf(request), "cache-control": "no-store" };
  const response = new Response(null, { status: 303, headers });
  giveReadCookie(response, request, token);
  return response;
}

/** A page inside another page gets no cookie. */
export function giveReadCookie(response: Response, request: Request, token: string): void {
  if (isForFrame(request)) return;
  response.headers.append(
    "set-cookie",
    `${READ_TOKEN_COOKIE}=${encodeURIComponent(token)}; Path=/; Max-Age=${KEPT_SECONDS}; HttpOnly; SameSite=Strict`,
  );
}

/** For a page that may not be read. */
export function askForToken(request: Request): Response {
  return new Response(pageFor(request), { status: 403, headers: PAGE_HEADERS });
}

function pageFor(request: Request): string {
  const here = addressOf(request);
  if (isForFrame(request)) {
    const link = `<a href="${escapeHtml(here)}" target="_blank" rel="noopener">Open it in a tab of its own</a>`;
    return page(
      `<p>This dashboard is for those who have its token, and asks for it in no frame. ${link}.</p>`,
    );
  }
  const given = readParameter(request, READ_TOKEN_PARAMETER);
  if (given === undefined) return page("", `${here}${here.includes("?") ? "&" : "?"}read_token=`);
  const said = given === "" ? "" : "<p>That is not the token.</p>";
  return page(`<p>This dashboard is for those who have its token. Whoever runs the server can give it to you:
it is in the link that <code>trackio show</code> prints.</p>${said}
<form>${hiddenFields(here)}<input type="password" name="${READ_TOKEN_PARAMETER}" aria-label="Token" autocomplete="current-password" autofocus required>
<button>Open</button></form>`);
}

/** Path and query without the token: never an address elsewhere, whatever the path begins with. */
function addressOf(request: Request): string {
  const { pathname, search } = new URL(request.url);
  const query = new URLSearchParams(search);
  query.delete(READ_TOKEN_PARAMETER);
  const path = `/${pathname.replace(/^[/\\]+/, "")}`;
  return query.size === 0 ? path : `${path}?${query}`;
}

function hiddenFields(address: string): string {
  const query = new URLSearchParams(address.split("?", 2)[1] ?? "");
  return Array.from(query, ([name, value]) => {
    return `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`;
  }).join("");
}

function page(content: string, next?: string): string {
  const refresh =
    next === undefined ? "" : `<meta http-equiv="refresh" content="0; url=${escapeHtml(next)}">`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">${refresh}<title>trackio</title>
<body style="font: 16px/1.6 system-ui; max-width: 32em; margin: 4em auto; padding: 0 1em">
<h1 style="font-size: 1.2em">trackio</h1>${content}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Every path that is not the API's is the dashboard's: its files by name, and its one page for all the rest. */

import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Context } from "hono";
import { type DashboardFile, DashboardFiles } from "./dashboard-files.ts";
import { acceptsGzip, isKnownToClient, sendError } from "./respond.ts";

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>trackio</title>
<body style="font: 16px/1.6 system-ui; max-width: 36em; margin: 4em auto; padding: 0 1em">
<h1 style="font-size: 1.2em">The dashboard is not built yet</h1>
<p>Run <code>npm run build</code> in trackio's own folder and load this page again.
The API is here all the same: <a href="/openapi.json">/openapi.json</a>.</p></body></html>`;

const gzipInPool = promisify(gzip);
const packed = new WeakMap<DashboardFile, Promise<Buffer>>();

export async function serveDashboard(c: Context, files: DashboardFiles): Promise<Response> {
  const path = c.req.path;
  const file = path === "/index.html" ? undefined : files.file(path);
  if (file !== undefined) return sendFile(c, file);
  if (DashboardFiles.isFilePath(path) && path !== "/index.html") {
    return sendError(
      "not_found",
      `There is no file ${JSON.stringify(path)} in the dashboard; load the page again.`,
    );
  }
  const page = files.page();
  if (page === undefined) return c.html(NOT_BUILT, 503);
  c.header("content-security-policy", contentSecurityPolicy(page.scriptHashes));
  return sendFile(c, page);
}

async function sendFile(c: Context, file: DashboardFile): Promise<Response> {
  const headers: Record<string, string> = {
    "content-type": file.contentType,
    "cache-control": file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    etag: file.etag,
    vary: "accept-encoding",
  };
  if (isKnownToClient(c, file.etag)) return c.body(null, 304, headers);
  const isText = /^(text|application\/json|image\/svg)/.test(file.contentType);
  if (!isText || file.bytes.length < 1024 || !acceptsGzip(c))
    return c.body(file.bytes, 200, headers);
  const bytes = packed.get(file) ?? gzipInPool(file.bytes);
  packed.set(file, bytes);
  return c.body(new Uint8Array(await bytes), 200, { ...headers, "content-encoding": "gzip" });
}

/** Nothing from elsewhere; inline styles are what charts are placed with. Any page may embed it. */
function contentSecurityPolicy(scriptHashes: readonly string[]): string {
  return [
    "default-src 'self'",
    `script-src ${["'self'", ...scriptHashes].join(" ")}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self' data:",
    // Blobs that are pages or texts, each in a sandbox of its own.
    "frame-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    // A table as CSV is asked for with a form, so that the browser writes it to the disk as it comes.
    "form-action 'self'",
    "frame-ancestors *",
  ].join("; ");
}

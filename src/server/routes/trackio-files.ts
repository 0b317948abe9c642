/**
 * Files as Trackio clients ask for them: what a record calls `file_path`, below
 * the media folder of which they were told `/media`; files that `save()` keeps;
 * and blobs of artifacts. Not found is the answer to everything else.
 */

import type { Context, Hono } from "hono";
import { trackioProjectKey } from "../../ingest/trackio/trackio-names.ts";
import { typeOfFile } from "../../ingest/trackio/type-of-file.ts";
import { trackioFileHash } from "../../media/trackio-file-hash.ts";
import { TrackioError } from "../../protocol/errors.ts";
import { type BlobHash, isBlobHash, isSavedPath } from "../../protocol/media.ts";
import type { BlobFile } from "../blobs/blob-file.ts";
import { openBelow, openMediaFile } from "../blobs/media-file.ts";
import { sendBlobFile } from "../blobs/send-blob-file.ts";
import type { ServerContext } from "../server-context.ts";
import { MEDIA_DIR } from "../trackio-api/reads/settings.ts";

/** What blobs have, which have no names. */
const UNKNOWN_TYPE = "application/octet-stream";

export function serveTrackioFiles(app: Hono, server: ServerContext): void {
  app.get("/file", (c) => sendFile(c, server));
  app.get("/artifact_blob/:project/:digest", (c) => sendArtifactBlob(c, server));
}

async function sendFile(c: Context, server: ServerContext): Promise<Response> {
  const asked = c.req.query("path");
  if (asked === undefined) return c.text("Missing path", 400);
  const path = mediaPathIn(asked);
  if (path === undefined) return notFound(c);
  const file = await openFile(server, path, c.req.raw.signal);
  if (file === undefined) return notFound(c);
  return await sendBlobFile(c, file, { log: server.log, type: typeByName(path) });
}

async function sendArtifactBlob(c: Context, server: ServerContext): Promise<Response> {
  const project = trackioProjectKey(c.req.param("project") ?? null);
  const digest = c.req.param("digest");
  if (project === undefined || !isBlobHash(digest)) return notFound(c);
  const inPlace = `${project}/blobs/sha256/${digest.slice(0, 2)}/${digest}`;
  const file =
    (await openBlob(server, digest, c.req.raw.signal)) ??
    (await openBelow(`${server.folder.root}/artifacts`, inPlace, digest));
  if (file === undefined) return notFound(c);
  return await sendBlobFile(c, file, { log: server.log, type: UNKNOWN_TYPE });
}

/** The path below the media folder; undefined where it can be none. Some clients encode it twice. */
function mediaPathIn(asked: string): string | undefined {
  const decoded = decodeOnce(asked);
  if (decoded === undefined || !decoded.startsWith(`${MEDIA_DIR}/`)) return undefined;
  const path = decoded.slice(MEDIA_DIR.length + 1);
  return isSavedPath(path) ? path : undefined;
}

async function openFile(
  server: ServerContext,
  path: string,
  signal: AbortSignal,
): Promise<BlobFile | undefined> {
  const hash = trackioFileHash(path);
  const [, named] = /^blobs\/([0-9a-f]{64})(?:\.\w+)?$/.exec(path) ?? [];
  return (
    (await openBlob(server, hash, signal)) ??
    (await openMediaFile(server.folder, path, hash)) ??
    (await openSaved(server, path, signal)) ??
    (isBlobHash(named) ? await openBlob(server, named, signal) : undefined)
  );
}

/** `<project>/files/<path>`. */
async function openSaved(
  server: ServerContext,
  path: string,
  signal: AbortSignal,
): Promise<BlobFile | undefined> {
  const [, project, saved] = /^([^/]+)\/files\/(.+)$/.exec(path) ?? [];
  if (project === undefined || saved === undefined) return undefined;
  await server.accepted.settle();
  const question = {
    ask: "trackio",
    call: "saved_file",
    values: { project, path: saved },
  } as const;
  const pieces = await server.reader.askTrackio(question, signal);
  const blob: unknown = JSON.parse(Buffer.concat(pieces).toString());
  return isBlobHash(blob) ? await openBlob(server, blob, signal) : undefined;
}

async function openBlob(
  { blobs }: ServerContext,
  hash: BlobHash,
  signal: AbortSignal,
): Promise<BlobFile | undefined> {
  try {
    return await blobs.open(hash, signal);
  } catch (error) {
    if (error instanceof TrackioError && error.code === "not_found") return undefined;
    throw error;
  }
}

/** In the words that Trackio for Python has for it. */
function typeByName(path: string): string {
  const type = typeOfFile(path);
  return type === "audio/wav" ? "audio/x-wav" : type;
}

function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that is no code: it stands for itself.
    return text;
  }
}

function notFound(c: Context): Response {
  return c.text("Not found", 404);
}

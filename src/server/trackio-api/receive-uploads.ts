/** `POST /api/upload`: files of a form go to the disk as they come, however large they are. */

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import type { Context } from "hono";
import { CallError } from "./call-error.ts";
import { incomingOf } from "./read-body.ts";
import type { Uploads } from "./uploads.ts";

/** So many files of one request; clients send one. */
const MAX_FILES = 1_000;

/**
 * Stores the parts called `files` and tells their paths in order; other parts are passed over.
 * @throws {@link CallError} 400 where the form is torn or has too many files; nothing of it is kept then.
 */
export async function receiveUploads(c: Context, uploads: Uploads): Promise<string[]> {
  const contentType = c.req.header("content-type") ?? "";
  const body = incomingOf(c) ?? (c.req.raw.body === null ? undefined : toReadable(c.req.raw.body));
  if (body === undefined) return [];
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    body.resume();
    return [];
  }
  const kept: Promise<string>[] = [];
  const files: Readable[] = [];
  const headers: BusboyHeaders = { "content-type": contentType };
  try {
    const form = new Busboy({
      headers,
      limits: { files: MAX_FILES, fieldSize: 1024, fields: 100 },
    });
    form.on("file", (field, stream, fileName) => {
      // A torn form tells its files too, and one that nobody hears ends the server; what the form says counts.
      stream.on("error", () => undefined);
      if (field !== "files") {
        stream.resume();
        return;
      }
      files.push(stream);
      const path = uploads.keep(stream, fileName ?? "");
      // Its trouble is told below, together with that of the form.
      path.catch(() => form.destroy());
      kept.push(path);
    });
    let isFull = false;
    form.on("filesLimit", () => {
      isFull = true;
    });
    await pipeline(body, form);
    if (isFull) {
      throw new CallError(400, `The form has more than ${MAX_FILES} files; send fewer at once.`);
    }
  } catch (cause) {
    // The form does not tell its files that no more will come.
    for (const file of files) file.destroy();
    const results = await Promise.allSettled(kept);
    const stored = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    await uploads.forget(stored);
    const troubles = results.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    if (troubles[0] !== undefined && isOfDisk(troubles[0])) throw troubles[0];
    if (cause instanceof CallError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CallError(400, `The form cannot be read (${why}); send it again.`);
  }
  return await Promise.all(kept);
}

function toReadable(body: ReadableStream): Readable {
  // Node's own types of web streams and the browser's are two; what runs is one.
  return Readable.fromWeb(body as unknown as Parameters<typeof Readable.fromWeb>[0]);
}

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

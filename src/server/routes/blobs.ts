/** Blobs by their hash: each is answered as what its bytes are. */

import { trackioFileHash } from "../../media/trackio-file-hash.ts";
import { TrackioError } from "../../protocol/errors.ts";
import { type BlobHash, isBlobHash } from "../../protocol/media.ts";
import type { BlobFile } from "../blobs/blob-file.ts";
import { openMediaFile } from "../blobs/media-file.ts";
import { sendBlobFile } from "../blobs/send-blob-file.ts";
import type { Operation } from "../operation.ts";
import type { ServerContext } from "../server-context.ts";

export const getBlob: Operation = {
  method: "get",
  path: "/api/v1/blobs/{hash}",
  id: "getBlob",
  summary: "The bytes of a picture, a video, a sound, a part of a table or a saved file",
  description:
    "A blob never changes, so that it may be kept for ever. What is still being made is waited for, about 5 seconds. " +
    "Several ranges at once are answered with the whole.",
  query: {
    name: "makes it a download of that name",
    path: "of a file that a Trackio client logged: its path, by which it is found where the client put it",
  },
  answer: {
    contentType: "*/*",
    description: "The bytes, of the type that they are recognised as",
  },
  otherAnswers: {
    206: "The range that was asked for (`Range: bytes=…`, also with `If-Range`)",
    304: "The client has it (`If-None-Match`)",
    404: "There is none, or none could be made: the message says why",
    416: "The range lies beyond the blob",
    503: "It is still being made; ask again after `Retry-After` seconds",
  },
  handle: async (c, server) => {
    const hash = c.req.param("hash");
    if (!isBlobHash(hash)) {
      const message = `No blob ${JSON.stringify(hash?.slice(0, 80))}: blobs are named by 64 hex digits, in lower case.`;
      throw new TrackioError("not_found", message);
    }
    const blob = await open(server, hash, c.req.query("path"), c.req.raw.signal);
    return await sendBlobFile(c, blob, { name: c.req.query("name"), log: server.log });
  },
};

/** @param path What a Trackio client calls the file: it proves itself, since the blob is named after it. */
async function open(
  { blobs, folder }: ServerContext,
  hash: BlobHash,
  path: string | undefined,
  signal: AbortSignal,
): Promise<BlobFile> {
  try {
    return await blobs.open(hash, signal);
  } catch (error) {
    const isMissing = error instanceof TrackioError && error.code === "not_found";
    if (!isMissing || path === undefined || trackioFileHash(path) !== hash) throw error;
    const file = await openMediaFile(folder, path, hash);
    if (file === undefined) throw error;
    return file;
  }
}

/**
 * Blobs that scripts on other machines send: first they ask which are not here,
 * then send these, each in the state in which it is there.
 */

import { BlobFolder } from "../../media/blob-folder.ts";
import { TrackioError } from "../../protocol/errors.ts";
import { type BlobHash, isBlobHash } from "../../protocol/media.ts";
import { checkMayWrite } from "../access/access.ts";
import { receiveBlob, UPLOAD_STATES, type UploadState } from "../blobs/receive-blob.ts";
import { type Operation, readBody } from "../operation.ts";

export const findMissingBlobs: Operation = {
  method: "post",
  path: "/api/v1/blobs/missing",
  id: "findMissingBlobs",
  summary: "Which of these blobs are not here",
  description: "Asked before they are sent. Needs the write token.",
  body: "blobHashesSchema",
  answer: {
    contentType: "application/json",
    schema: "missingBlobsSchema",
    description: "Those that are neither here nor being made here",
  },
  otherAnswers: { 403: "The write token is missing or wrong" },
  handle: async (c, server) => {
    checkMayWrite(server.access, c.req.raw);
    const { hashes } = await readBody(c, "blobHashesSchema");
    const blobs = new BlobFolder(server.folder);
    const missing = hashes.filter((hash) => {
      const { state } = blobs.find(hash as BlobHash);
      return state === "missing" || state === "failed";
    });
    return c.json({ missing }, 200, { "cache-control": "no-store" });
  },
};

export const putBlob: Operation = {
  method: "put",
  path: "/api/v1/blobs/{hash}",
  id: "putBlob",
  summary: "Send a blob",
  description:
    "In the state that `state` says: `given`, bytes that are shown as they are; `raw`, numbers to be made into a file; " +
    "`ready`, a file that was made of what the hash is of; `failed`, JSON `{reason}`: there is none. The bytes of the first two " +
    "must have the hash. One that is here already stays as it is. Needs the write token.",
  query: { state: "`given`, `raw`, `ready` or `failed`" },
  bytes: "the blob",
  streamsBody: true,
  answer: {
    contentType: "application/json",
    schema: "blobReceivedSchema",
    description: "It is on the server's disk",
  },
  otherAnswers: {
    400: "Its bytes do not have the hash",
    403: "The write token is missing or wrong",
    507: "The server's disk is full",
  },
  handle: async (c, server) => {
    checkMayWrite(server.access, c.req.raw);
    const hash = c.req.param("hash");
    if (!isBlobHash(hash)) {
      const message = `No blob ${JSON.stringify(hash?.slice(0, 80))}: blobs are named by 64 hex digits, in lower case.`;
      throw new TrackioError("invalid_argument", message);
    }
    const state = stateOf(c.req.query("state"));
    const blobs = new BlobFolder(server.folder);
    const sizeBytes = await receiveBlob(blobs, hash, state, c.req.raw.body);
    return c.json({ size: sizeBytes }, 200, { "cache-control": "no-store" });
  },
};

function stateOf(text: string | undefined): UploadState {
  const state = UPLOAD_STATES.find((known) => known === text);
  if (state !== undefined) return state;
  const shown = JSON.stringify(text?.slice(0, 40)) ?? "missing";
  throw new TrackioError("invalid_argument", `state is ${shown}; it is one of ${UPLOAD_STATES}.`);
}

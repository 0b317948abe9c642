/** The calls that write artifacts: which blobs are there, the bytes of those that are not, a version, its use by a run. */

import { checkDigest } from "../../artifacts/manifest.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { keepUploaded } from "../../media/keep-uploaded.ts";
import type { Json } from "../../protocol/json.ts";
import { type CallParameter, fieldsOf } from "./call-arguments.ts";
import { CallError } from "./call-error.ts";
import { askInThread } from "./reads/read-calls.ts";
import type { TrackioCall } from "./trackio-call.ts";

/** Clients must name all of these, though some are null. */
const VERSION_PARAMETERS = [
  ...["project", "name", "type", "description", "metadata", "manifest", "aliases"],
  ...["run_name", "run_id"],
];
/** It means nothing off Spaces, so that a client may leave it out. */
const TOKEN: CallParameter = { name: "hf_token", otherwise: null };

export const ARTIFACT_CALLS: readonly TrackioCall[] = [
  inThread("check_artifact_blobs", [...named("project", "digests"), TOKEN]),
  inThread("artifact_log", [
    ...named(...VERSION_PARAMETERS),
    TOKEN,
    { name: "overwrite", otherwise: false },
  ]),
  inThread("log_artifact_use", [...named("project", "version_id", "run_name", "run_id"), TOKEN]),
  {
    name: "bulk_upload_artifact_blob",
    parameters: [...named("project", "uploads"), TOKEN],
    access: "write",
    handle: async ({ values }, server) => {
      const { uploads } = values;
      if (!Array.isArray(uploads)) throw new CallError(500, "uploads has to be a list.");
      const blobs = new BlobFolder(server.folder);
      await server.trackio.uploads.consume(uploads as Json[], (entry, { path, hash }) => {
        const claimed = checkDigest(fieldsOf(entry)?.digest);
        if (hash === claimed) keepUploaded(blobs, path, hash);
        else throw new CallError(400, `Digest mismatch: claimed ${claimed}, computed ${hash}`);
      });
      return null;
    },
  },
];

function inThread(name: string, parameters: readonly CallParameter[]): TrackioCall {
  return {
    name,
    parameters,
    access: "write",
    handle: ({ values }, server, request) => askInThread(server, name, values, request.signal),
  };
}

function named(...names: string[]): CallParameter[] {
  return names.map((name) => ({ name }));
}

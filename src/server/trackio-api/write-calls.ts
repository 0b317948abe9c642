/** The calls that write, but for those that come as batches of any length: single records, files, and what becomes of runs. */

import type { Json } from "../../protocol/json.ts";
import { CallError } from "./call-error.ts";
import { deleteRunOf, renameRunOf } from "./change-runs.ts";
import { keepMedia } from "./keep-media.ts";
import type { TrackioCall } from "./trackio-call.ts";

const TOKEN = { name: "hf_token", otherwise: null };

export const WRITE_CALLS: readonly TrackioCall[] = [
  {
    name: "log",
    parameters: [
      { name: "project" },
      { name: "run" },
      { name: "metrics" },
      { name: "step" },
      TOKEN,
      { name: "run_id", otherwise: null },
    ],
    access: "write",
    handle: async ({ values }, server) => {
      await server.trackio.log.logRecords([values as Json]);
      server.accepted.note();
      return null;
    },
  },
  {
    name: "bulk_upload_media",
    parameters: [{ name: "uploads" }, TOKEN],
    access: "write",
    handle: async ({ values }, server) => {
      const uploads = listOf(values.uploads, "uploads");
      await server.trackio.uploads.consume(uploads, (entry, upload) =>
        keepMedia(server, entry, upload),
      );
      server.accepted.note();
      return null;
    },
  },
  {
    name: "upload_db_to_space",
    parameters: [{ name: "project" }, { name: "uploaded_db" }, TOKEN],
    access: "write",
    handle: async ({ values }, server) => {
      await server.trackio.uploads.consume(
        [{ uploaded_file: values.uploaded_db! }],
        () => undefined,
      );
      throw new CallError(
        400,
        "This server takes no database as a whole; stop here and run `trackio import FILE.db` on its machine.",
      );
    },
  },
  {
    name: "delete_run",
    parameters: [
      { name: "project" },
      { name: "run", otherwise: null },
      { name: "run_id", otherwise: null },
    ],
    access: "mutate",
    handle: ({ values }, server) => deleteRunOf(server, values),
  },
  {
    name: "rename_run",
    parameters: [
      { name: "project" },
      { name: "old_name" },
      { name: "new_name" },
      { name: "run_id", otherwise: null },
    ],
    access: "mutate",
    handle: ({ values }, server) => renameRunOf(server, values),
  },
  {
    // There is nothing to bring anywhere: what was accepted is here.
    name: "force_sync",
    parameters: [],
    access: "read",
    handle: () => true,
  },
];

function listOf(value: Json | undefined, name: string): readonly Json[] {
  if (Array.isArray(value)) return value as Json[];
  throw new CallError(400, `${name} must be a list`);
}

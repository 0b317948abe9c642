/**
 * Where a file goes that a client sent: one of a run under the path by which its
 * records name it, one that the project keeps under its own name.
 *
 * Law: names come from the client and lead nowhere. A file of a run lies under
 * the hash of its path, one of the project under that of its bytes; the names
 * themselves are never paths of this machine.
 */

import { posix } from "node:path";
import {
  isMediaPath,
  mediaFolderOf,
  mediaPathOf,
  textOf,
  trackioProjectKey,
} from "../../ingest/trackio/trackio-names.ts";
import { typeOfFile } from "../../ingest/trackio/type-of-file.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { keepUploaded } from "../../media/keep-uploaded.ts";
import { trackioFileHash } from "../../media/trackio-file-hash.ts";
import type { Json } from "../../protocol/json.ts";
import { isSavedPath } from "../../protocol/media.ts";
import type { ServerContext } from "../server-context.ts";
import { fieldsOf } from "./call-arguments.ts";
import { CallError } from "./call-error.ts";
import type { Upload } from "./uploads.ts";

/** @param entry `{project, run, step, relative_path, uploaded_file: {orig_name}}`. @throws {@link CallError} where there is no project in it. */
export async function keepMedia(server: ServerContext, entry: Json, upload: Upload): Promise<void> {
  const fields = fieldsOf(entry) ?? {};
  const project = textOf(fields.project);
  const projectKey = trackioProjectKey(project);
  if (project === undefined || projectKey === undefined) {
    throw new CallError(
      400,
      `Invalid project name: ${JSON.stringify(fields.project ?? null).slice(0, 200)}`,
    );
  }
  const name = nameOf(fields.uploaded_file, upload);
  const blobs = new BlobFolder(server.folder);
  const run = textOf(fields.run);
  if (run !== undefined && run !== "") {
    const parts = [mediaFolderOf(project), run, stepText(fields.step), name];
    const path = mediaPathOf(parts.join("/"));
    if (isMediaPath(path)) keepUploaded(blobs, upload.path, trackioFileHash(path));
    return;
  }
  keepUploaded(blobs, upload.path, upload.hash);
  const path = savedPath(textOf(fields.relative_path), name);
  const file = { path, blob: upload.hash, type: typeOfFile(path), bytes: upload.sizeBytes };
  await server.trackio.log.saveFiles(projectKey, project, [file]);
}

/** The last part of the name that the client gives; one of ours where it gives none. */
function nameOf(uploadedFile: Json | undefined, upload: Upload): string {
  const given = textOf(fieldsOf(uploadedFile)?.orig_name) ?? "";
  const name = posix.basename(given.replaceAll("\\", "/"));
  return isSavedPath(name) ? name : `trackio-upload-${upload.hash.slice(0, 12)}`;
}

/** As Python writes a number into a path. */
function stepText(step: Json | undefined): string {
  const fields = fieldsOf(step);
  if (fields !== undefined || step === undefined || step === null) return "";
  const { v } = (typeof step === "object" ? step : {}) as { readonly v?: Json };
  return String(v ?? step);
}

/** `relative_path` is the folder of a file, or with its name where the client saves without a run. */
function savedPath(relativePath: string | undefined, name: string): string {
  const folder = mediaPathOf(relativePath ?? "");
  const path = posix.basename(folder) === name ? folder : posix.join(folder, name);
  return isSavedPath(path) ? path : name;
}

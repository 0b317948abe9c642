/** Copies the files of a Trackio folder among our blobs, under the names by which records know them. */

import { chmodSync, constants, copyFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../journal/make-folder.ts";
import type { BlobFolder } from "../../media/blob-folder.ts";
import { explained } from "../../media/keep-blob.ts";
import { viaTemporary } from "../../media/temporary-file.ts";
import { trackioFileHash } from "../../media/trackio-file-hash.ts";
import type { BlobHash } from "../../protocol/media.ts";
import { filesBelow } from "./files-below.ts";

export interface CopiedMedia {
  readonly fileCount: number;
  readonly bytes: number;
}

/**
 * Copies what is not here yet of the files of some projects.
 * @param mediaPath Of the folder `media`.
 * @param projects Names of the projects' folders in it.
 * @param onProgress Told about bytes.
 * @throws {@link TrackioError} `storage_full`, `unavailable` where they cannot be written.
 */
export async function copyMedia(
  blobs: BlobFolder,
  mediaPath: string,
  projects: readonly string[],
  onProgress: (done: number, total: number) => void,
): Promise<CopiedMedia> {
  const files = projects.flatMap((project) =>
    filesBelow(join(mediaPath, project)).map(({ name, path, stats }) => {
      return { hash: trackioFileHash(`${project}/${name}`), path, stats };
    }),
  );
  const missing = files.filter(({ hash }) => blobs.find(hash).state === "missing");
  const total = missing.reduce((sum, { stats }) => sum + stats.size, 0);
  let fileCount = 0;
  let bytes = 0;
  for (const { hash, path } of missing) {
    const size = copyBlob(blobs, path, hash);
    if (size !== undefined) {
      fileCount += 1;
      bytes += size;
    }
    onProgress(bytes, total);
    // So that Ctrl-C is heard between two files.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { fileCount, bytes };
}

/**
 * Copies a file to be the blob of that name. Its bytes; undefined where the blob is here, or the file is gone.
 * @throws {@link TrackioError} `storage_full`, `unavailable` where it cannot be written.
 */
export function copyBlob(blobs: BlobFolder, path: string, hash: BlobHash): number | undefined {
  if (blobs.find(hash).state !== "missing") return undefined;
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return explained(blobs, () =>
    viaTemporary(
      blobs,
      (copy) => {
        copyFileSync(path, copy, constants.COPYFILE_FICLONE);
        // The copy is ours: readable and removable, whatever the original was.
        chmodSync(copy, 0o644);
      },
      (copy) => {
        const { size } = statSync(copy);
        makeFolder(blobs.pendingPath);
        renameSync(copy, blobs.pendingFile(hash, "given"));
        return size;
      },
    ),
  );
}

/** What answers to Trackio clients are made from. */

import { readFileSync } from "node:fs";
import type { ReadTableText } from "../../../ingest/trackio/give-back.ts";
import type { DataFolder } from "../../../journal/data-folder.ts";
import type { BlobFolder } from "../../../media/blob-folder.ts";
import type { Store } from "../../../store/store.ts";

export interface TrackioSource {
  readonly store: Store;
  readonly blobs: BlobFolder;
  readonly folder: DataFolder;
  readonly readTableText: ReadTableText;
}

/** Rows of tables lie in blobs as the text that came. */
export function tableTextReader(blobs: BlobFolder): ReadTableText {
  return (hash) => {
    const found = blobs.find(hash);
    if (found.state !== "ready" && found.state !== "given") return undefined;
    try {
      return readFileSync(found.path, "utf8");
    } catch (error) {
      // It was moved between the two looks; a table without its rows is told without them.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
}

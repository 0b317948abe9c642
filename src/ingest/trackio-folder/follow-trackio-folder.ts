import { Buffer } from "node:buffer";
import type { DataFolder } from "../../journal/data-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { keepBytes } from "../../media/keep-blob.ts";
import type { Store } from "../../store/store.ts";
import type { FoldChange } from "../fold-report.ts";
import type { FoldingPlace } from "./row-folder.ts";
import { TrackioFolder } from "./trackio-folder.ts";

/** What Trackio for Python writes into the data folder itself, to be read where it lies. */
export function followTrackioFolder(
  folder: DataFolder,
  store: Store,
  onChange: (change: FoldChange) => void,
): TrackioFolder {
  const place = foldingPlace(folder, store, onChange);
  return new TrackioFolder(place, { root: folder.root, prefix: "trackio", isImport: false });
}

export function foldingPlace(
  folder: DataFolder,
  store: Store,
  onChange: (change: FoldChange) => void,
): FoldingPlace {
  const blobs = new BlobFolder(folder);
  const keepText = (text: string) => keepBytes(blobs, Buffer.from(text)).hash;
  return { folder, store, keepText, onChange, now: Date.now };
}

/** Media for tests of stores: what a record says of pictures and tables, with no pictures. */

import { createHash } from "node:crypto";
import { type BlobHash, MediaRef, type TableFields } from "../../protocol/media.ts";

/** The hash that stands for `name`. */
export function blobNamed(name: string): BlobHash {
  return createHash("sha256").update(name).digest("hex") as BlobHash;
}

export function imageOf(name: string, caption?: string): MediaRef<"image"> {
  return new MediaRef("image", {
    blob: blobNamed(name),
    type: "image/png",
    bytes: 100,
    width: 8,
    height: 4,
    ...(caption !== undefined && { caption }),
  });
}

export function videoOf(name: string): MediaRef<"video"> {
  return new MediaRef("video", { blob: blobNamed(name), type: "video/mp4", bytes: 100, fps: 8 });
}

/** A table of one column of numbers; its parts by name and number of rows. */
export function tableOf(
  table: string,
  parts: readonly (readonly [name: string, rows: number])[],
  fields: Partial<Pick<TableFields, "before" | "blobs" | "caption">> = {},
): MediaRef<"table"> {
  return new MediaRef("table", {
    table,
    columns: [{ name: "loss", type: "number" }],
    before: 0,
    parts: parts.map(([name, rows]) => ({ blob: blobNamed(name), rows })),
    ...fields,
  });
}

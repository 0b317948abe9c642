import type { Json } from "../protocol/json.ts";
import type { ProjectFile } from "../store/media-reads.ts";
import { isoTime } from "./format.ts";

/** A saved file, as programs get it. */
export function fileRecord(file: ProjectFile): { [key: string]: Json } {
  return {
    path: file.path,
    type: file.type,
    bytes: file.bytes,
    blob: file.blob,
    saved_at: isoTime(file.time),
  };
}

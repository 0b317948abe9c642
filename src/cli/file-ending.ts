import { readFirstBytes } from "../media/read-first-bytes.ts";
import { recogniseMedia } from "../media/recognise.ts";

/** Endings that are no part of their type's name. */
const ENDINGS: Readonly<Record<string, string>> = {
  "image/jpeg": ".jpg",
  "image/svg+xml": ".svg",
  "audio/mpeg": ".mp3",
  "audio/mp4": ".m4a",
  "video/quicktime": ".mov",
  "video/x-msvideo": ".avi",
  "video/x-matroska": ".mkv",
  "application/vnd.apache.parquet": ".parquet",
};

/** The ending of a file's name, with its dot, by what is in the file; where that tells nothing by `type`. */
export function endingOf(path: string, type: string): string {
  const found = recogniseMedia(readFirstBytes(path))?.type ?? type;
  const name = /^(?:image|video|audio)\/([a-z0-9]{2,5})$/.exec(found)?.[1];
  return ENDINGS[found] ?? (name === undefined ? "" : `.${name}`);
}

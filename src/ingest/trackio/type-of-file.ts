/** The MIME type of a file that is not there yet, by the end of its name. What is shown is told by its bytes, once they are there. */

import { posix } from "node:path";
import type { MediaKind } from "../../protocol/media.ts";

const TYPES: { readonly [ending: string]: string } = {
  ".avif": "image/avif",
  ".bmp": "image/bmp",
  ".gif": "image/gif",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".mov": "video/quicktime",
  ".mp4": "video/mp4",
  ".webm": "video/webm",
  ".flac": "audio/flac",
  ".m4a": "audio/mp4",
  ".mp3": "audio/mpeg",
  ".ogg": "audio/ogg",
  ".wav": "audio/wav",
  ".glb": "model/gltf-binary",
  ".gltf": "model/gltf+json",
  ".obj": "model/obj",
  ".stl": "model/stl",
  ".csv": "text/csv",
  ".htm": "text/html",
  ".html": "text/html",
  ".json": "application/json",
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".txt": "text/plain",
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
  ".zip": "application/zip",
};

const OTHERWISE: { readonly [kind in MediaKind]: string } = {
  image: "image/png",
  video: "video/mp4",
  audio: "audio/wav",
  table: "application/json",
  file: "application/octet-stream",
};

export function typeOfFile(path: string, kind: MediaKind = "file"): string {
  return TYPES[posix.extname(path).toLowerCase()] ?? OTHERWISE[kind];
}

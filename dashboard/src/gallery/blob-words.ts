/** What a blob is, in words, and what its file is called when it is downloaded. */

import type { ImageFields } from "../../../src/protocol/media.ts";
import { formatSi } from "../charts/format.ts";
import type { MediaItem } from "../state/step-items.ts";

/** E.g. `64 × 64 PNG, 9.8 kB`; without bytes where only the file knows. A record without a size takes that of `shown`. */
export function describeBlob(
  fields: MediaItem["fields"],
  shown?: { readonly width: number; readonly height: number },
): string {
  const { width = shown?.width, height = shown?.height } = fields as ImageFields;
  const size = width && height ? `${width} × ${height} ` : "";
  const bytes = fields.bytes > 0 ? `, ${formatBytes(fields.bytes)}` : "";
  return `${size}${typeName(fields.type)}${bytes}`;
}

export function typeName(type: string): string {
  const name = type.slice(type.indexOf("/") + 1).replace(/^(x-|vnd\.)/, "");
  return (name === "svg+xml" ? "svg" : name).toUpperCase();
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const text = formatSi(bytes);
  return `${text.slice(0, -1)} ${text.slice(-1)}B`;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/svg+xml": "svg",
  "audio/mpeg": "mp3",
  "audio/x-wav": "wav",
  "video/quicktime": "mov",
  "video/x-matroska": "mkv",
};

/** `samples`, step 33,000, second picture → `samples_33000_1.png`. */
export function fileName(key: string, { step, index, fields }: MediaItem): string {
  const name = key.replaceAll(/[^\w.-]+/g, "_").replaceAll(/^[._]+|[._]+$/g, "") || "media";
  const ofPath = /\.(\w{1,10})$/.exec(fields.path ?? "")?.[1];
  const extension =
    ofPath ?? EXTENSIONS[fields.type] ?? fields.type.slice(fields.type.indexOf("/") + 1);
  return `${name}_${step}_${index}.${extension.replaceAll(/[^\w]/g, "")}`;
}

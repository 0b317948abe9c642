/**
 * Objects with a `_type`, as Trackio clients log pictures, tables and the like:
 *
 *     {"_type":"trackio.image","file_path":"mnist/a/6/2953.png","caption":null}
 *         → {"$":"image","v":{"blob":"60e0…","type":"image/png","bytes":0,"path":"mnist/a/6/2953.png"}}
 *     {"_type":"trackio.table","_value":[{"a":1},…]}
 *         → {"$":"table","v":{"table":…,"columns":[…],"before":0,"parts":[{"blob":…,"rows":…}],"blobs":[…]}}
 *
 * A histogram, a text in Markdown and whatever else has a `_type` stay the plain
 * values that they are. Where a client says more of a file than our fields
 * have, `trackio` is all that it said.
 */

import { trackioFileHash } from "../../media/trackio-file-hash.ts";
import type { Json } from "../../protocol/json.ts";
import type { BlobHash, MediaKind } from "../../protocol/media.ts";
import { columnsOfRows, formatTablePart, mediaBlobsIn } from "../../tables/trackio-table.ts";
import { objectOf } from "./exact-json-parser.ts";
import { membersOf } from "./members-of.ts";
import { isMediaPath, mediaPathOf } from "./trackio-names.ts";
import { typeOfFile } from "./type-of-file.ts";

/** Keeps the exact text of a table as a blob and tells its name. */
export type KeepText = (text: string) => BlobHash;

type Members = readonly (readonly [string, Json])[];

const KINDS: { readonly [type: string]: MediaKind } = {
  "trackio.image": "image",
  "trackio.video": "video",
  "trackio.audio": "audio",
};

/** `value`, and all that is in it, with media and tables in our forms. */
export function translateTyped(value: Json, keepText: KeepText): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return translateItems(value as readonly Json[], keepText);
  const members = membersOf(value);
  if (members === undefined || members.length === 0) return value;
  const type = members.find(([key]) => key === "_type")?.[1];
  if (typeof type === "string") {
    const media = translateFile(type, value, members) ?? translateTable(type, members, keepText);
    if (media !== undefined) return media;
  }
  const translated = members.map(
    ([key, member]) => [key, translateTyped(member, keepText)] as const,
  );
  const isSame = translated.every(([, member], i) => member === members[i]![1]);
  return isSame ? value : objectOf(translated);
}

/** The same list where nothing in it is another: most are numbers. */
function translateItems(items: readonly Json[], keepText: KeepText): Json {
  let changed: Json[] | undefined;
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i] as Json;
    if (typeof item !== "object" || item === null) continue;
    const translated = translateTyped(item, keepText);
    if (translated === item) continue;
    changed ??= [...items];
    changed[i] = translated;
  }
  return changed ?? items;
}

/** Anything of a type of Trackio's that names a file. */
function translateFile(type: string, value: Json, members: Members): Json | undefined {
  const given = members.find(([key]) => key === "file_path")?.[1];
  if (!type.startsWith("trackio.") || typeof given !== "string") return undefined;
  const path = mediaPathOf(given);
  if (!isMediaPath(path)) return undefined;
  const caption = members.find(([key]) => key === "caption")?.[1];
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type]! : "file";
  const isPlain =
    kind !== "file" &&
    path === given &&
    (caption === null || typeof caption === "string") &&
    members.map(([key]) => key).join() === "_type,file_path,caption";
  const fields: { [field: string]: Json } = {
    blob: trackioFileHash(path),
    type: typeOfFile(path, kind),
    bytes: 0,
    path,
  };
  if (typeof caption === "string") fields.caption = caption;
  if (!isPlain) fields.trackio = value;
  return { $: kind, v: fields };
}

function translateTable(type: string, members: Members, keepText: KeepText): Json | undefined {
  const given = members.find(([key]) => key === "_value")?.[1];
  if (type !== "trackio.table" || !Array.isArray(given)) return undefined;
  const rows = (given as Json[]).map((row) => membersOf(row));
  if (!rows.every((row) => row !== undefined)) return undefined;
  const translated = rows.map((row) =>
    row.map(([name, cell]) => [name, translateTyped(cell, keepText)] as const),
  );
  const isPlain = members.map(([key]) => key).join() === "_type,_value";
  const others = members.map(([key, member]) => [key, key === "_value" ? null : member] as const);
  const blob = keepText(formatTablePart(translated.map(objectOf), isPlain ? undefined : others));
  const blobs: readonly BlobHash[] = mediaBlobsIn(translated);
  const fields: { [field: string]: Json } = {
    // Each time a table is logged it is whole, so that its text tells which one it is.
    table: blob.slice(0, 32),
    columns: columnsOfRows(translated) as unknown as Json,
    before: 0,
    parts: [{ blob, rows: rows.length }],
  };
  if (blobs.length > 0) fields.blobs = blobs;
  return { $: "table", v: fields };
}

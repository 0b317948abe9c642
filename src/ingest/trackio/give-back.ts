/**
 * The way back from a record of ours to what a Trackio client logged: paths to
 * nested objects, media and tables to objects with a `_type`, nested NaN to the
 * text that it was. What our own SDK logged is told in the same words: a picture
 * is a `trackio.image`, a date its text, a typed array a list.
 *
 * Values are in the form of `encodeValue`; `formatExactJson` makes the answer of
 * them, in which a NaN that is the value of a key itself is `null`, as there.
 */

import type { KeyPath } from "../../protocol/journal-line.ts";
import type { Json } from "../../protocol/json.ts";
import type { BlobHash, MediaKind } from "../../protocol/media.ts";
import { isMediaKind } from "../../protocol/media.ts";
import { parseTablePart, rowOf } from "../../tables/trackio-table.ts";
import { objectOf } from "./exact-json-parser.ts";
import { membersOf } from "./members-of.ts";

/** The text of the blob that holds a table's rows; undefined where there is none, or it is in another form. */
export type ReadTableText = (blob: BlobHash) => string | undefined;

type Member = readonly [key: string, value: Json];

/** One level of the keys of a record: a value by its place among the record's values, or the level below. */
interface Branch {
  readonly members: Map<string, number | Branch>;
}

/** Gives records of one key set back; made once for all of them. */
export class GiveBack {
  readonly #root: Branch = { members: new Map() };
  readonly #readText: ReadTableText;

  constructor(keys: readonly KeyPath[], readText: ReadTableText) {
    this.#readText = readText;
    for (const [place, key] of keys.entries()) this.#addKey(key, place);
  }

  /** The members of what was logged, in order. @param values In the order of the keys. */
  members(values: readonly Json[]): Member[] {
    const members: Member[] = [];
    for (const [key, place] of this.#root.members) {
      members.push([
        key,
        typeof place === "number"
          ? giveBackValue(values[place] as Json, this.#readText)
          : this.#nested(place, values),
      ]);
    }
    return members;
  }

  #addKey(key: KeyPath, place: number): void {
    const path = typeof key === "string" ? [key] : key;
    let branch = this.#root;
    for (const part of path.slice(0, -1)) {
      let next = branch.members.get(part);
      if (typeof next !== "object") {
        next = { members: new Map() };
        branch.members.set(part, next);
      }
      branch = next;
    }
    branch.members.set(path.at(-1)!, place);
  }

  #nested(branch: Branch, values: readonly Json[]): Json {
    const members: Member[] = [];
    for (const [key, place] of branch.members) {
      members.push([
        key,
        typeof place === "number"
          ? textOfNonFinite(giveBackValue(values[place] as Json, this.#readText))
          : this.#nested(place, values),
      ]);
    }
    return objectOf(members);
  }
}

/** A value as it was logged; NaN and infinities within it as texts, itself as a number. */
export function giveBackValue(value: Json, readText: ReadTableText): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return (value as Json[]).map((item) => textOfNonFinite(giveBackValue(item, readText)));
  }
  const { $: form, v } = value as { readonly [key: string]: Json };
  if (isMediaKind(form)) return giveBackMedia(form, v as Fields, readText);
  if (form === "date") return v as Json;
  const members = membersOf(value);
  if (members !== undefined) {
    return objectOf(
      members.map(([key, member]) => [key, textOfNonFinite(giveBackValue(member, readText))]),
    );
  }
  // A typed array; numbers beyond JSON stay what they are.
  return Array.isArray(v) ? (v as Json[]).map(textOfNonFinite) : value;
}

/** What `get_run_configs` answers of a config; texts that are the value of a setting itself are numbers again, as there. */
export function giveBackConfig(config: { readonly [key: string]: Json }): Json {
  return objectOf(
    Object.entries(config).map(([key, value]) => [
      key,
      isNonFiniteText(value) ? { $: value } : giveBackValue(value, () => undefined),
    ]),
  );
}

interface Fields {
  readonly [field: string]: Json;
}

function giveBackMedia(kind: MediaKind, fields: Fields, readText: ReadTableText): Json {
  if (kind === "table") return giveBackTable(fields, readText);
  if (fields.trackio !== undefined) return fields.trackio;
  // A file of our own SDK is called by its blob: `/file` knows it by that.
  const path = fields.path ?? `blobs/${fields.blob}${endingOf(fields.type)}`;
  const type = kind === "file" ? "trackio.file" : `trackio.${kind}`;
  return { _type: type, file_path: path, caption: fields.caption ?? null };
}

function giveBackTable(fields: Fields, readText: ReadTableText): Json {
  const rows: Json[] = [];
  for (const part of (fields.parts ?? []) as unknown as { readonly blob: BlobHash }[]) {
    const text = readText(part.blob);
    if (text === undefined) continue;
    const table = parseTablePart(text);
    for (const row of table.rows) {
      rows.push(
        objectOf(
          rowOf(row).map(([name, cell]) => [name, textOfNonFinite(giveBackValue(cell, readText))]),
        ),
      );
    }
    if (table.members !== undefined) {
      return objectOf(table.members.map(([key, value]) => [key, key === "_value" ? rows : value]));
    }
  }
  return { _type: "trackio.table", _value: rows };
}

function textOfNonFinite(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const form = (value as Fields).$;
  return isNonFiniteText(form) ? form : value;
}

function isNonFiniteText(value: Json | undefined): value is string {
  return value === "NaN" || value === "Infinity" || value === "-Infinity";
}

/** `.png` of `image/png`. */
function endingOf(type: Json | undefined): string {
  const match = /\/([a-z0-9]+)$/.exec(typeof type === "string" ? type : "");
  return match === null ? "" : `.${match[1]}`;
}

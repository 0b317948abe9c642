/**
 * Long values (a text, a picture, a large array) lie in rows of their own, and
 * a column holds where: `{"$":"long","v":id}`. So a chunk of 4,096 records
 * stays small whatever a script logs, no chart reads a long value, and no merge
 * writes it again.
 */

import type { Json } from "../../protocol/json.ts";
import type { Column } from "../store.ts";
import { packBlob, unpackBlob } from "./column-blob.ts";
import { DamagedData, decodeAt } from "./damage.ts";
import type { Database } from "./database.ts";
import type { Records } from "./records.ts";

/** Characters of JSON from which on a value is long. */
const LONG_FROM = 4096;
/** Long values that a slice of sweeping removes. */
const SWEEP_VALUES = 256;

const DECODER = new TextDecoder();

/** The records with their long values in rows of their own. */
export function keepLongValues(db: Database, keySet: number, records: Records): Records {
  if (records.columns.every((column) => column.kind === "numbers")) return records;
  const keep = (json: Json): Json => {
    const text = longText(json);
    if (text === undefined) return json;
    const data = packBlob(new TextEncoder().encode(text));
    const id = db.run("INSERT INTO long_values (key_set, data) VALUES (?, ?)", keySet, data);
    return { $: "long", v: id };
  };
  const columns = records.columns.map(
    (column): Column =>
      column.kind === "numbers" ? column : { kind: "values", values: column.values.map(keep) },
  );
  return { ...records, columns };
}

/** The long value that stands at `json`, and its JSON text; undefined where `json` is the value itself. */
export function readLongValue(
  db: Database,
  json: Json,
): { readonly text: string; readonly value: Json } | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { $: kind, v: id } = json as { readonly [key: string]: Json };
  if (kind !== "long") return undefined;
  const row = db.get("SELECT data FROM long_values WHERE id = ?", id as number);
  const place = () => `row ${id} of long_values`;
  if (row === undefined) throw new DamagedData(place(), "It is missing.");
  return decodeAt(place, () => {
    const text = DECODER.decode(unpackBlob(row.data as Uint8Array));
    return { text, value: JSON.parse(text) as Json };
  });
}

/** Removes some long values of a key set; false where there are none. */
export function sweepLongValues(db: Database, keySet: number): boolean {
  db.run(
    "DELETE FROM long_values WHERE id IN (SELECT id FROM long_values WHERE key_set = ? LIMIT ?)",
    keySet,
    SWEEP_VALUES,
  );
  return db.changes() > 0;
}

/** The JSON text of a value that is long; an integer, however long, is a point and stays. */
function longText(json: Json): string | undefined {
  if (typeof json === "string" && json.length < LONG_FROM) return undefined;
  if (json === null || (typeof json !== "string" && typeof json !== "object")) return undefined;
  if ((json as { readonly $?: Json }).$ === "int") return undefined;
  const text = JSON.stringify(json);
  return text.length < LONG_FROM ? undefined : text;
}

/** Rows as JSON Lines: one object a row, nested as it was logged. */

import type { Json } from "../../protocol/json.ts";
import { isoTime } from "../format.ts";
import { toPlainJson } from "../json-text.ts";
import { columnOf, type LoggedRow } from "./logged-row.ts";

/** One line, with its newline: `{"run":"a","run_id":"…","step":0,"timestamp":"…","loss":0.5}`. */
export function jsonLine({ run, row }: LoggedRow): string {
  const members: [string, Json][] = [
    ["run", run.name],
    ["run_id", run.id],
    ["step", toPlainJson(row.step)],
    ["timestamp", isoTime(row.time)],
  ];
  for (const [key, value] of Object.entries(row.values)) {
    members.push([columnOf(key), toPlainJson(value)]);
  }
  return `${JSON.stringify(Object.fromEntries(members))}\n`;
}

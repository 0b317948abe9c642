/** Alerts and traces of runs. Of those of one run with the same id the first is kept. */

import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import { blobsOf } from "../../protocol/media.ts";
import type { Alert, Trace } from "../../protocol/run.ts";
import type { Json } from "../../protocol/values.ts";
import { mediaInJson } from "../media-in-records.ts";
import type { RunAlert, RunTrace, TraceQuery } from "../store.ts";
import { referToBlob } from "./blob-references.ts";
import { projectRow } from "./catalogue.ts";
import { packBlob, unpackBlob } from "./column-blob.ts";
import { decodeAt } from "./damage.ts";
import type { Database, Parameter, SqlRow } from "./database.ts";
import { fromExactText, toExactText } from "./exact-text.ts";

const DECODER = new TextDecoder();

export function takeAlerts(db: Database, run: number, alerts: readonly Alert[]): void {
  for (const alert of alerts) {
    const id = toExactText(alert.id);
    const sql = "INSERT OR IGNORE INTO alerts (run, alert_id, time, alert) VALUES (?, ?, ?, ?)";
    db.run(sql, run, id, alert.time, JSON.stringify(alert));
  }
}

export function takeTraces(db: Database, run: number, traces: readonly Trace[]): void {
  for (const { id, key, index, step, time, body, searchText } of traces) {
    db.run(
      `INSERT OR IGNORE INTO traces (run, trace_id, time, step, key, place, search, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      run,
      toExactText(id),
      time,
      step,
      toExactText(key),
      index ?? null,
      searchText,
      packBlob(new TextEncoder().encode(JSON.stringify(body))),
    );
    if (db.changes() === 0) continue;
    for (const media of mediaInJson(body)) {
      for (const blob of blobsOf(media)) referToBlob(db, blob, run);
    }
  }
}

/** Newest first, of one time what came later first. */
export function listAlerts(
  db: Database,
  project: ProjectKey,
  runs: readonly RunId[] | undefined,
): RunAlert[] {
  const row = projectRow(db, project);
  if (row === undefined) return [];
  const rows = db.all(
    `SELECT r.run_id, a.alert FROM runs r JOIN alerts a ON a.run = r.id
     WHERE r.project = ?1 AND (?2 IS NULL OR r.run_id IN (SELECT value FROM json_each(?2)))
     ORDER BY a.time DESC, a.id DESC`,
    row,
    runs === undefined ? null : JSON.stringify(runs),
  );
  return rows.map((alert) => ({
    run: alert.run_id as RunId,
    ...(JSON.parse(alert.alert as string) as Alert),
  }));
}

const ORDERS: Readonly<Record<NonNullable<TraceQuery["order"]>, string>> = {
  time: "t.time, t.trace_id, t.id",
  "-time": "t.time DESC, t.trace_id DESC, t.id DESC",
  step: "t.step, t.time, t.trace_id, t.id",
  "-step": "t.step DESC, t.time DESC, t.trace_id DESC, t.id DESC",
};

export function listTraces(db: Database, query: TraceQuery): RunTrace[] {
  const { run, id, step, search, order = "-time", limit = -1, offset = 0 } = query;
  const project = projectRow(db, query.project);
  if (project === undefined) return [];
  const conditions: readonly (readonly [sql: string, value: Parameter | undefined])[] = [
    ["r.project = ?", project],
    ["r.run_id = ?", run],
    ["t.trace_id = ?", id === undefined ? undefined : toExactText(id)],
    ["t.step = ?", step],
    ["instr(t.search, ?) > 0", search],
  ];
  const asked = conditions.filter(([, value]) => value !== undefined);
  const rows = db.all(
    `SELECT t.id, r.run_id, t.trace_id, t.time, t.step, t.key, t.place, t.body
     FROM runs r JOIN traces t ON t.run = r.id
     WHERE ${asked.map(([sql]) => sql).join(" AND ")} ORDER BY ${ORDERS[order]} LIMIT ? OFFSET ?`,
    ...asked.map(([, value]) => value as Parameter),
    limit,
    offset,
  );
  return rows.map(traceOf);
}

function traceOf(row: SqlRow): RunTrace {
  const body = decodeAt(
    () => `row ${row.id} of traces`,
    () => JSON.parse(DECODER.decode(unpackBlob(row.body as Uint8Array))) as Json,
  );
  return {
    run: row.run_id as RunId,
    id: fromExactText(row.trace_id as string),
    key: fromExactText(row.key as string),
    ...(row.place !== null && { index: row.place as number }),
    step: row.step as number,
    time: row.time as number,
    body,
  };
}

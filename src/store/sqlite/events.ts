/** Alerts and traces of runs. Of those of one run with the same id the first is kept. */

import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import { blobsOf } from "../../protocol/media.ts";
import type { Alert, Trace } from "../../protocol/run.ts";
import { encodeStep } from "../../protocol/step.ts";
import { decodeNumber } from "../../protocol/values.ts";
import { exactStep } from "../exact-step.ts";
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
    const { step, ...more } = alert;
    const json = step === undefined ? more : { ...more, step: encodeStep(step) };
    db.run(sql, run, id, alert.time, JSON.stringify(json));
  }
}

export function takeTraces(db: Database, run: number, traces: readonly Trace[]): void {
  for (const { id, key, index, step, time, body, searchText } of traces) {
    db.run(
      `INSERT OR IGNORE INTO traces (run, trace_id, time, step, exact_step, key, place, search, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      run,
      toExactText(id),
      time,
      Number(step),
      typeof step === "bigint" ? String(step) : null,
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
  return rows.map(({ run_id: id, alert }) => alertOf(id as RunId, alert as string));
}

function alertOf(run: RunId, text: string): RunAlert {
  const { step: json, ...alert } = JSON.parse(text) as Omit<Alert, "step"> & { step?: Json };
  const step = json === undefined ? undefined : decodeNumber(json);
  return { run, ...alert, ...(step === undefined ? {} : { step }) };
}

const ORDERS: Readonly<Record<NonNullable<TraceQuery["order"]>, string>> = {
  time: "t.time, t.trace_id, t.id",
  "-time": "t.time DESC, t.trace_id DESC, t.id DESC",
  step: "t.step, t.time, t.trace_id, t.id",
  "-step": "t.step DESC, t.time DESC, t.trace_id DESC, t.id DESC",
};

export function listTraces(db: Database, query: TraceQuery): RunTrace[] {
  const { run, id, search, order = "-time", limit = -1, offset = 0 } = query;
  const step = query.step === undefined ? undefined : exactStep(query.step);
  const project = projectRow(db, query.project);
  if (project === undefined) return [];
  const conditions: readonly (readonly [sql: string, value: Parameter | undefined])[] = [
    ["r.project = ?", project],
    ["r.run_id = ?", run],
    ["t.trace_id = ?", id === undefined ? undefined : toExactText(id)],
    ["t.step = ?", step === undefined ? undefined : Number(step)],
    [ofExactStep(step), typeof step === "bigint" ? String(step) : undefined],
    ["instr(t.search, ?) > 0", search],
  ];
  const asked = conditions.filter(([, value]) => value !== undefined);
  const rows = db.all(
    `SELECT t.id, r.run_id, t.trace_id, t.time, t.step, t.exact_step, t.key, t.place, t.body
     FROM runs r JOIN traces t ON t.run = r.id
     WHERE ${asked.map(([sql]) => sql).join(" AND ")} ORDER BY ${ORDERS[order]} LIMIT ? OFFSET ?`,
    ...asked.map(([, value]) => value as Parameter),
    limit,
    offset,
  );
  return rows.map(traceOf);
}

/** Beyond 2^53 a REAL stands for several steps, and is itself one of them where there is no other. */
function ofExactStep(step: number | bigint | undefined): string {
  const isReal = typeof step === "bigint" && BigInt(Number(step)) === step;
  return isReal ? "(t.exact_step IS NULL OR t.exact_step = ?)" : "t.exact_step = ?";
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
    step: row.exact_step === null ? (row.step as number) : BigInt(row.exact_step as string),
    time: row.time as number,
    body,
  };
}

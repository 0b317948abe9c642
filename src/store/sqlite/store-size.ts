import { statSync } from "node:fs";
import type { ProjectKey } from "../../protocol/ids.ts";
import type { StoreSize } from "../store.ts";
import type { Database } from "./database.ts";
import { decodeStats } from "./series-stats.ts";

/** Bytes on disk, and bytes of data and points of each project. Looks at every row's size: for people, not for loops. */
export function readSize(db: Database): StoreSize {
  const bytes = ["", "-wal"].reduce((sum, suffix) => {
    return sum + (statSync(db.path + suffix, { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
  const projects = db.all("SELECT id, key FROM projects ORDER BY key").map(({ id, key }) => ({
    key: key as ProjectKey,
    bytes: dataBytes(db, id as number),
    pointCount: pointCount(db, id as number),
  }));
  return { bytes, projects };
}

function dataBytes(db: Database, project: number): number {
  const keySets = "SELECT k.id FROM key_sets k JOIN runs r ON r.id = k.run WHERE r.project = ?";
  const ofSegments = (table: string) =>
    `SELECT sum(length(d.data)) AS n FROM segments s
     JOIN ${table} d ON d.id >= s.id << 40 AND d.id < (s.id + 1) << 40
     WHERE s.key_set IN (${keySets})`;
  const ofRuns = "JOIN runs r ON r.id = m.run WHERE r.project = ?";
  const sums = [
    `SELECT sum(length(data)) AS n FROM tails WHERE key_set IN (${keySets})`,
    `SELECT sum(length(data)) AS n FROM long_values WHERE key_set IN (${keySets})`,
    `SELECT sum(length(i.fields)) AS n FROM media m JOIN media_items i ON i.media = m.id ${ofRuns}`,
    `SELECT sum(length(m.parts)) AS n FROM table_parts m ${ofRuns}`,
    `SELECT sum(length(m.hash)) AS n FROM blob_references m ${ofRuns}`,
    `SELECT sum(16 * m.count + length(m.filter)) AS n FROM id_packs m ${ofRuns}`,
    `SELECT sum(length(m.id)) AS n FROM text_ids m ${ofRuns}`,
    `SELECT sum(length(m.alert)) AS n FROM alerts m ${ofRuns}`,
    `SELECT sum(length(m.search) + length(m.body)) AS n FROM traces m ${ofRuns}`,
    ofSegments("columns"),
    ofSegments("rollups"),
  ].map((sql) => (db.get(sql, project)?.n as number | null) ?? 0);
  return sums.reduce((a, b) => a + b, 0);
}

function pointCount(db: Database, project: number): number {
  const sql = "SELECT s.stats FROM series s JOIN runs r ON r.id = s.run WHERE r.project = ?";
  return db
    .all(sql, project)
    .reduce((sum, { stats }) => sum + decodeStats(stats as Uint8Array, null).count, 0);
}

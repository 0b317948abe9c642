/** What becomes of a project's links when a run is deleted or renamed. Versions that it made stay. */

import { existsSync } from "node:fs";
import { ArtifactDatabase } from "./artifact-database.ts";
import type { KnownRun, NamedRun } from "./run-links.ts";

const LINK_TABLES = ["run_artifact_links", "external_run_artifact_links"] as const;

/**
 * Removes the links of a run, and its name from the versions that it made.
 * @param others All runs that stay: a link by name alone goes only where none of them has the name.
 * @returns whether there was something of it.
 */
export function detachRun(
  db: ArtifactDatabase,
  run: NamedRun,
  others: readonly KnownRun[],
): boolean {
  return db.write(() => {
    const byNameToo = !isNameInUse(db, run, others);
    let changes = 0;
    for (const table of LINK_TABLES) {
      changes += change(db, `DELETE FROM ${table} WHERE run_id = ?`, run.id);
      if (byNameToo) {
        changes += change(
          db,
          `DELETE FROM ${table} WHERE run_id IS NULL AND run_name = ?`,
          run.name,
        );
      }
    }
    const forget = "UPDATE artifact_versions SET producer_run_id = NULL, producer_run_name = NULL";
    changes += change(db, `${forget} WHERE producer_run_id = ?`, run.id);
    if (byNameToo) {
      const legacy = "producer_run_id IS NULL AND producer_run_name = ?";
      changes += change(db, `${forget} WHERE ${legacy}`, run.name);
    }
    return changes > 0;
  });
}

/** The same in the database at `path`, which need not be there. */
export function detachRunAt(path: string, run: NamedRun, others: readonly KnownRun[]): boolean {
  if (!existsSync(path)) return false;
  const db = ArtifactDatabase.open(path);
  try {
    return detachRun(db, run, others);
  } finally {
    db.close();
  }
}

/** Gives the links of a run, and the versions that it made, its new name. */
export function renameRunInLinks(db: ArtifactDatabase, run: string, name: string): void {
  db.write(() => {
    for (const table of LINK_TABLES) {
      db.run(`UPDATE ${table} SET run_name = ? WHERE run_id = ?`, name, run);
    }
    db.run(
      "UPDATE artifact_versions SET producer_run_name = ? WHERE producer_run_id = ?",
      name,
      run,
    );
  });
}

function isNameInUse(db: ArtifactDatabase, run: NamedRun, others: readonly KnownRun[]): boolean {
  if (run.name === null || others.some(({ name }) => name === run.name)) return true;
  return LINK_TABLES.some(
    (table) =>
      db.get(
        `SELECT 1 FROM ${table} WHERE run_name = ? AND run_id IS NOT NULL AND run_id IS NOT ? LIMIT 1`,
        run.name,
        run.id,
      ) !== undefined,
  );
}

function change(db: ArtifactDatabase, sql: string, parameter: string | null): number {
  db.run(sql, parameter);
  return Number(db.get("SELECT changes() AS count")!.count);
}

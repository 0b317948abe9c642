/** Which blobs the artifacts of a data folder need: asked before a blob goes that nothing else names. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { BlobHash } from "../protocol/media.ts";
import { ArtifactDatabase, hasColumn } from "./artifact-database.ts";

/**
 * Those of `hashes` that a manifest names.
 * @param folder Where the artifacts' databases lie; it need not be there.
 * @throws the system's or SQLite's error where one cannot be read: then nothing may be taken for unused.
 */
export function usedByArtifacts(folder: string, hashes: readonly BlobHash[]): BlobHash[] {
  if (hashes.length === 0) return [];
  const used = new Set<BlobHash>();
  for (const name of databasesIn(folder)) {
    const db = ArtifactDatabase.openForReading(join(folder, name));
    if (db === undefined) continue;
    try {
      if (!hasColumn(db, "manifest_blobs", "digest")) continue;
      const rows = db.all(
        "SELECT DISTINCT digest FROM manifest_blobs WHERE digest IN (SELECT value FROM json_each(?))",
        JSON.stringify(hashes),
      );
      for (const { digest } of rows) used.add(digest as BlobHash);
    } finally {
      db.close();
    }
  }
  return hashes.filter((hash) => used.has(hash));
}

function databasesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".db"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

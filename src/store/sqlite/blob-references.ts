/**
 * Which runs and saved files refer to which blobs. A run that was deleted no
 * longer counts from that moment on, though its rows are swept later.
 */

import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { BlobHash } from "../../protocol/media.ts";
import type { ProjectFile } from "../media-reads.ts";
import type { FoldBatch } from "../store.ts";
import { projectRow } from "./catalogue.ts";
import type { Database, Parameter } from "./database.ts";

/** Blobs of a page. */
const PAGE_BLOBS = 4096;
/** Before every hash. */
const NO_HASH = new Uint8Array(0);

/** Blobs of a run or lane that none earlier of the project, or of the one run that is asked for, refers to. */
const OF_RUN = `
  SELECT hash FROM blob_references AS b WHERE run = ?1 AND hash > ?2 AND NOT EXISTS (
    SELECT 1 FROM blob_references o JOIN runs r ON r.id = o.run
    WHERE o.hash = b.hash AND o.run < b.run AND r.project = ?3 AND r.run_id = coalesce(?4, r.run_id))
  ORDER BY hash LIMIT ?5`;
/** Blobs of a project's files that none of its runs refers to. */
const OF_FILES = `
  SELECT DISTINCT hash FROM files AS f WHERE project = ? AND hash > ? AND NOT EXISTS (
    SELECT 1 FROM blob_references o JOIN runs r ON r.id = o.run
    WHERE o.hash = f.hash AND r.project = f.project)
  ORDER BY hash LIMIT ?`;

/** The run refers to the blob. */
export function referToBlob(db: Database, blob: BlobHash, run: number): void {
  const hash = bytesOf(blob);
  db.run("INSERT OR IGNORE INTO blob_references (hash, run) VALUES (?, ?)", hash, run);
}

/** The run's project keeps the file; the newest of a path counts. */
export function takeFile(
  db: Database,
  run: number,
  file: NonNullable<FoldBatch["files"]>[number],
): void {
  db.run(
    `INSERT INTO files (project, path, hash, type, bytes, time)
     VALUES ((SELECT project FROM runs WHERE id = ?), ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET hash = excluded.hash, type = excluded.type, bytes = excluded.bytes, time = excluded.time
       WHERE excluded.time >= time`,
    run,
    file.path,
    bytesOf(file.blob),
    file.type,
    file.bytes,
    file.time,
  );
}

/** By path. */
export function listFiles(db: Database, project: ProjectKey): ProjectFile[] {
  const sql = "SELECT path, hash, type, bytes, time FROM files WHERE project = ? ORDER BY path";
  return db.all(sql, projectRow(db, project) ?? null).map((row) => ({
    path: row.path as string,
    blob: hashOf(row.hash as Uint8Array),
    type: row.type as string,
    bytes: row.bytes as number,
    time: row.time as number,
  }));
}

/** Blobs that nothing refers to, in the order given. */
export function unusedBlobs(db: Database, blobs: readonly BlobHash[]): BlobHash[] {
  return blobs.filter((blob) => {
    const hash = bytesOf(blob);
    const ofRuns =
      "SELECT 1 FROM blob_references b JOIN runs r ON r.id = b.run WHERE b.hash = ? LIMIT 1";
    const ofFiles = "SELECT 1 FROM files WHERE hash = ? LIMIT 1";
    return db.get(ofRuns, hash) === undefined && db.get(ofFiles, hash) === undefined;
  });
}

/** Blobs of a run, or of a project's runs and files, each once, page by page; each page on a state of its own. */
export class BlobLister {
  readonly #project: ProjectKey;
  readonly #only: RunId | undefined;
  /** Rows of runs that are still to be read, the next one last; undefined before the first page. */
  #runs: number[] | undefined;
  /** The last one that was given of what is read now. */
  #hash: Uint8Array = NO_HASH;

  constructor(project: ProjectKey, run: RunId | undefined) {
    this.#project = project;
    this.#only = run;
  }

  /** The next page; none at the end. */
  readPage(db: Database): BlobHash[] {
    const project = projectRow(db, this.#project);
    if (project === undefined) return [];
    this.#runs ??= this.#listRuns(db, project);
    const only = this.#only ?? null;
    for (let run = this.#runs.at(-1); run !== undefined; run = this.#runs.at(-1)) {
      const page = this.#page(db, OF_RUN, run, this.#hash, project, only, PAGE_BLOBS);
      if (page.length > 0) return page;
      this.#runs.pop();
      this.#hash = NO_HASH;
    }
    return this.#only === undefined
      ? this.#page(db, OF_FILES, project, this.#hash, PAGE_BLOBS)
      : [];
  }

  #listRuns(db: Database, project: number): number[] {
    const runs =
      this.#only === undefined
        ? db.all("SELECT id FROM runs WHERE project = ? ORDER BY id DESC", project)
        : db.all("SELECT id FROM runs WHERE project = ? AND run_id = ?", project, this.#only);
    return runs.map(({ id }) => id as number);
  }

  #page(db: Database, sql: string, ...parameters: Parameter[]): BlobHash[] {
    const hashes = db.all(sql, ...parameters).map(({ hash }) => hash as Uint8Array);
    this.#hash = hashes.at(-1) ?? this.#hash;
    return hashes.map(hashOf);
  }
}

function bytesOf(blob: BlobHash): Uint8Array {
  return Buffer.from(blob, "hex");
}

function hashOf(bytes: Uint8Array): BlobHash {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex") as BlobHash;
}

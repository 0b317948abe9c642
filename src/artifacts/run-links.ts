/**
 * Which run made or used which version. A link carries the run's name and id as
 * its client told them, so that it may speak of a run that never logged a
 * number, or by a name alone; whose it is then, is told as Trackio for Python
 * tells it: an id that is known stands for itself, else the name does where just
 * one run has it.
 */

import {
  type ArtifactDatabase,
  type ArtifactRow,
  type ArtifactRows,
  hasColumn,
} from "./artifact-database.ts";
import { textOf } from "./artifact-version.ts";

/** A run as a client names it. */
export interface NamedRun {
  readonly id: string | null;
  readonly name: string | null;
}

/** A run that logged something. */
export interface KnownRun {
  readonly id: string;
  readonly name: string;
}

export type Direction = "input" | "output";

export interface NewLink {
  readonly run: NamedRun;
  readonly version: number;
  readonly direction: Direction;
  /** ISO text. */
  readonly now: string;
}

/** What a run made or used. */
export interface RunArtifact {
  readonly version_id: number;
  readonly project: string;
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly size_bytes: number;
  readonly created_at: string;
}

export interface RunArtifacts {
  readonly input: readonly RunArtifact[];
  readonly output: readonly RunArtifact[];
}

/** The same link again is none; nor is one to a version that is not there (any more). */
export function addLink(db: ArtifactDatabase, { run, version, direction, now }: NewLink): void {
  if (db.get("SELECT 1 FROM artifact_versions WHERE id = ?", version) === undefined) return;
  db.run(
    `INSERT OR IGNORE INTO run_artifact_links (run_id, run_name, run_project, artifact_version_id, direction, created_at)
     VALUES (?, ?, NULL, ?, ?, ?)`,
    run.id,
    run.name,
    version,
    direction,
    now,
  );
}

/** Tells whose a link is. */
export class LinkOwners {
  readonly #ids: Set<string>;
  readonly #idsByName = new Map<string, Set<string>>();
  readonly #runNames: ReadonlySet<string>;

  /** @param links All links that are asked for: their runs are known to each other. */
  constructor(runs: readonly KnownRun[], links: readonly NamedRun[]) {
    const runIds = new Set(runs.map(({ id }) => id));
    this.#ids = new Set(runIds);
    this.#runNames = new Set(runs.map(({ name }) => name));
    for (const { id, name } of runs) this.#add(id, name);
    for (const { id, name } of links) {
      if (id === null || name === null || this.#runNames.has(name) || runIds.has(id)) continue;
      this.#ids.add(id);
      this.#add(id, name);
    }
  }

  /** Null where only the name tells. */
  idOf({ id, name }: NamedRun): string | null {
    if (id !== null && this.#ids.has(id)) return id;
    const owners = name === null ? undefined : this.#idsByName.get(name);
    return owners?.size === 1 ? [...owners][0]! : null;
  }

  #add(id: string, name: string): void {
    const owners = this.#idsByName.get(name);
    if (owners === undefined) this.#idsByName.set(name, new Set([id]));
    else owners.add(id);
  }
}

/** Runs that only links speak of, oldest first. */
export function listLinkedRuns(
  db: ArtifactRows,
  project: string,
  runs: readonly KnownRun[],
): (NamedRun & { readonly created_at: string })[] {
  const ids = new Set(runs.map(({ id }) => id));
  const names = new Set(runs.map(({ name }) => name));
  const links = groupedRuns(db, project);
  const withId = new Set(links.filter(({ id }) => id !== null).map(({ name }) => name));
  const found = links.filter(
    ({ id, name }) => !names.has(name!) && (id === null ? !withId.has(name) : !ids.has(id)),
  );
  for (const run of found) {
    if (run.id !== null) ids.add(run.id);
    names.add(run.name!);
  }
  for (const run of externalRuns(db)) {
    if (ids.has(run.id!) || names.has(run.name!)) continue;
    ids.add(run.id!);
    names.add(run.name!);
    found.push(run);
  }
  return found.sort((a, b) => compareTexts(a.created_at, b.created_at));
}

/**
 * What a run made and used, each by time.
 * @param asked As the client named the run; `resolved` is the id of the newest run of that name where it gave no id.
 */
export function readRunArtifacts(
  db: ArtifactRows,
  project: string,
  asked: NamedRun,
  resolved: string | null,
  runs: readonly KnownRun[],
): RunArtifacts {
  const links = readLinks(db, project).filter(isOf(db, project, asked, resolved, runs));
  const own = oldestOfEach(links, (link) => `${link.direction} ${link.version_id}`);
  const all = [...own, ...externalLinks(db, asked)].sort((a, b) =>
    compareTexts(a.created_at, b.created_at),
  );
  const inDirection = (wanted: Direction) =>
    all.filter(({ direction }) => direction === wanted).map(describeLink);
  return { input: inDirection("input"), output: inDirection("output") };
}

/** How many versions each run made and used; runs in the order of their first link. */
export function countRunArtifacts(db: ArtifactRows, project: string, runs: readonly KnownRun[]) {
  const links = [...readLinks(db, project, "id"), ...externalLinks(db)];
  const owners = new LinkOwners(runs, links);
  const counts = new Map<
    string,
    { run_id: string | null; run_name: string | null; input: number; output: number }
  >();
  const seen = new Set<string>();
  for (const link of links) {
    const owner = owners.idOf(link);
    const key = JSON.stringify([owner, link.name]);
    const entry = counts.get(key) ?? { run_id: owner, run_name: link.name, input: 0, output: 0 };
    counts.set(key, entry);
    const what = JSON.stringify([key, link.project, link.version_id, link.direction]);
    if (seen.has(what)) continue;
    seen.add(what);
    entry[link.direction] += 1;
  }
  return [...counts.values()];
}

/** Runs that used the version, oldest first. */
export function listConsumers(db: ArtifactRows, project: string, version: number) {
  if (!hasColumn(db, "run_artifact_links")) return [];
  const rows = db.all(
    `SELECT run_name, run_id, ${runProject(db)} AS run_project, created_at FROM run_artifact_links
     WHERE artifact_version_id = ? AND direction = 'input' ORDER BY created_at`,
    version,
  );
  return rows.map((row) => ({
    run_name: textOf(row.run_name),
    run_id: textOf(row.run_id),
    project: textOf(row.run_project) ?? project,
    created_at: String(row.created_at),
  }));
}

/** `run_project`, which files of older versions lack. */
export function runProject(db: ArtifactRows): string {
  return hasColumn(db, "run_artifact_links", "run_project") ? "run_project" : "NULL";
}

interface Link extends NamedRun {
  readonly direction: Direction;
  readonly project: string;
  readonly version_id: number;
  readonly artifact: string;
  readonly type: string;
  readonly version: number;
  readonly size_bytes: number;
  readonly created_at: string;
}

/** Links of the project's own runs. */
function readLinks(
  db: ArtifactRows,
  project: string,
  order: "id" | "created_at" = "created_at",
): Link[] {
  if (!hasColumn(db, "run_artifact_links")) return [];
  const rows = db.all(
    `SELECT l.run_id, l.run_name, l.direction, l.created_at, av.id AS version_id, av.version, av.size_bytes, a.name, a.type
     FROM run_artifact_links l
     JOIN artifact_versions av ON av.id = l.artifact_version_id
     JOIN artifacts a ON a.id = av.artifact_id
     WHERE ${runProject(db)} IS NULL OR ${runProject(db)} = ?
     ORDER BY l.${order}, l.id`,
    project,
  );
  return rows.map((row) => toLink(row, project));
}

/** Links of the project's runs to artifacts of other projects: of a run as it was asked for, or of all. */
function externalLinks(db: ArtifactRows, asked?: NamedRun): Link[] {
  if (!hasColumn(db, "external_run_artifact_links")) return [];
  const rows = db.all(
    `SELECT run_id, run_name, direction, created_at, source_project, source_version_id AS version_id,
       source_version AS version, source_size_bytes AS size_bytes, source_artifact AS name, source_type AS type
     FROM external_run_artifact_links ORDER BY created_at, id`,
  );
  const links = rows.map((row) => toLink(row, String(row.source_project)));
  if (asked === undefined) return links;
  const own = links.filter(({ id, name }) =>
    asked.id !== null ? id === asked.id : asked.name !== null && name === asked.name,
  );
  return oldestOfEach(own, (link) => `${link.direction} ${link.project} ${link.version_id}`);
}

function isOf(
  db: ArtifactRows,
  project: string,
  asked: NamedRun,
  resolved: string | null,
  runs: readonly KnownRun[],
): (link: NamedRun) => boolean {
  const id = asked.id ?? resolved;
  if (id === null) return ({ name }) => name !== null && name === asked.name;
  const records = [...runs, ...listLinkedRuns(db, project, runs)];
  const sameName = records.filter(({ name }) => name !== null && name === asked.name);
  if (sameName.length !== 1 || sameName[0]!.id !== id) return (link) => link.id === id;
  const known = new Set(records.map((record) => record.id));
  return (link) =>
    link.id === id || (link.name === asked.name && (link.id === null || !known.has(link.id)));
}

function groupedRuns(
  db: ArtifactRows,
  project: string,
): (NamedRun & { readonly created_at: string })[] {
  if (!hasColumn(db, "run_artifact_links")) return [];
  return db
    .all(
      `SELECT run_id, run_name, MIN(created_at) AS created_at FROM run_artifact_links
       WHERE run_name IS NOT NULL AND (${runProject(db)} IS NULL OR ${runProject(db)} = ?)
       GROUP BY run_id, run_name ORDER BY created_at`,
      project,
    )
    .map(toRun);
}

function externalRuns(db: ArtifactRows): (NamedRun & { readonly created_at: string })[] {
  if (!hasColumn(db, "external_run_artifact_links")) return [];
  return db
    .all(
      `SELECT COALESCE(run_id, run_name) AS run_id, run_name, MIN(created_at) AS created_at
       FROM external_run_artifact_links WHERE run_name IS NOT NULL GROUP BY run_id, run_name`,
    )
    .map(toRun);
}

function toRun(row: ArtifactRow): NamedRun & { readonly created_at: string } {
  return {
    id: textOf(row.run_id),
    name: textOf(row.run_name),
    created_at: String(row.created_at),
  };
}

function toLink(row: ArtifactRow, project: string): Link {
  return {
    id: textOf(row.run_id),
    name: textOf(row.run_name),
    direction: row.direction as Direction,
    project,
    version_id: Number(row.version_id),
    artifact: String(row.name),
    type: String(row.type),
    version: Number(row.version),
    size_bytes: Number(row.size_bytes),
    created_at: String(row.created_at),
  };
}

function describeLink(link: Link): RunArtifact {
  const { version_id, project, artifact, type, version, size_bytes, created_at } = link;
  return { version_id, project, name: artifact, type, version, size_bytes, created_at };
}

/** Of links that say the same, the first. */
function oldestOfEach(links: readonly Link[], nameOf: (link: Link) => string): Link[] {
  return Array.from(Map.groupBy(links, nameOf).values(), ([first]) => first!);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

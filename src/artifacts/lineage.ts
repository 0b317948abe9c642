/**
 * Where a version comes from and what became of it: the runs that made and used
 * it, the versions that those made and used, and so on, as a graph. It grows
 * from the version outwards and stops at limits, so that an answer costs by what
 * is shown, however large the project.
 */

import { type ArtifactRow, type ArtifactRows, hasColumn } from "./artifact-database.ts";
import { textOf } from "./artifact-version.ts";
import { compareCodePoints } from "./manifest.ts";
import {
  type Direction,
  type KnownRun,
  LinkOwners,
  type NamedRun,
  runProject,
} from "./run-links.ts";

const MAX_NODES = 1_000;
const MAX_EDGES = 5_000;
const MAX_LINKS_READ = 10_000;

export interface LineageGraph {
  readonly focus: string;
  /** Whether a limit left something out. */
  readonly truncated: boolean;
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

export type LineageNode =
  | {
      readonly id: string;
      readonly kind: "artifact";
      readonly version_id: number;
      readonly artifact_name: string;
      readonly artifact_type: string;
      readonly version: number;
      readonly aliases: readonly string[];
      readonly size_bytes: number;
      readonly num_files: number;
      readonly created_at: string;
      readonly producer_run_id: string | null;
      readonly producer_run_name: string | null;
    }
  | {
      readonly id: string;
      readonly kind: "run";
      readonly run_id: string | null;
      readonly run_name: string | null;
      readonly created_at: string;
      /** Where the run is of another project. */
      readonly project?: string;
    };

export interface LineageEdge {
  readonly source: string;
  readonly target: string;
  readonly direction: Direction;
  readonly created_at: string;
}

interface Link extends NamedRun {
  readonly rowId: number;
  readonly project: string | null;
  readonly version: number;
  readonly direction: Direction;
  readonly created_at: string;
}

interface RunFacts {
  readonly run_id: string | null;
  readonly run_name: string | null;
  readonly project: string;
  readonly created_at: string;
}

/** The graph around a version; without nodes where it is not there. */
export function readLineage(
  db: ArtifactRows,
  project: string,
  version: number,
  runs: readonly KnownRun[],
): LineageGraph {
  const focus = `art:${version}`;
  const empty = { focus, truncated: false, nodes: [], edges: [] };
  if (!hasColumn(db, "run_artifact_links")) return empty;
  const walk = new LineageWalk(db, project, version, runs);
  walk.run();
  const artifacts = readArtifactNodes(db, walk.versions);
  if (!artifacts.some(({ id }) => id === focus)) return empty;
  const nodes = [...artifacts, ...walk.runNodes()];
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = walk.edges().filter(({ source, target }) => ids.has(source) && ids.has(target));
  return { focus, truncated: walk.isTruncated, nodes, edges };
}

class LineageWalk {
  readonly #db: ArtifactRows;
  readonly #project: string;
  readonly #runs: readonly KnownRun[];
  readonly #nodes = new Set<string>();
  readonly #edges = new Map<string, LineageEdge>();
  readonly #runFacts = new Map<string, RunFacts>();
  readonly #seenRuns = new Set<string>();
  readonly #seenVersions = new Set<number>();
  #frontier: readonly number[];
  #linksRead = 0;
  isTruncated = false;

  constructor(db: ArtifactRows, project: string, version: number, runs: readonly KnownRun[]) {
    this.#db = db;
    this.#project = project;
    this.#runs = runs;
    this.#frontier = [version];
    this.#nodes.add(`art:${version}`);
  }

  /** Round by round: links of the newest versions, then all links of the runs in them. */
  run(): void {
    while (this.#frontier.length > 0 && !this.isTruncated) {
      for (const version of this.#frontier) this.#seenVersions.add(version);
      const touching = this.#read("artifact_version_id", this.#frontier);
      const owners = new LinkOwners(this.#runs, touching);
      const seeds = touching.filter((link) => !this.#seenRuns.has(nodeOf(link, owners)));
      const links = uniqueLinks([...touching, ...this.#linksOfRuns(seeds)]);
      this.#frontier = this.#take(seeds, links);
    }
  }

  get versions(): readonly number[] {
    return [...this.#nodes]
      .filter((id) => id.startsWith("art:"))
      .map((id) => Number(id.slice(4)))
      .sort((a, b) => a - b);
  }

  runNodes(): LineageNode[] {
    return [...this.#runFacts]
      .filter(([id]) => this.#nodes.has(id))
      .sort(([a], [b]) => compareCodePoints(a, b))
      .map(([id, { run_id, run_name, project, created_at }]) => ({
        id,
        kind: "run",
        run_id,
        run_name,
        created_at,
        ...(project === this.#project ? {} : { project }),
      }));
  }

  edges(): LineageEdge[] {
    const keyOf = (edge: LineageEdge) => [
      edge.created_at,
      edge.source,
      edge.target,
      edge.direction,
    ];
    return [...this.#edges.values()].sort((a, b) => {
      const [one, other] = [keyOf(a), keyOf(b)];
      const at = one.findIndex((part, place) => part !== other[place]);
      return at === -1 ? 0 : compareCodePoints(one[at]!, other[at]!);
    });
  }

  /** Adds what the links say of the runs of `seeds`; gives the versions that are new. */
  #take(seeds: readonly Link[], links: readonly Link[]): number[] {
    const owners = new LinkOwners(this.#runs, links);
    const allowed = new Set(
      seeds.map((link) => nodeOf(link, owners)).filter((id) => !this.#seenRuns.has(id)),
    );
    for (const id of allowed) this.#seenRuns.add(id);
    const next = new Set<number>();
    for (const link of links.toSorted(byTime)) {
      const run = nodeOf(link, owners);
      if (!allowed.has(run)) continue;
      if (!this.#add(link, run, owners)) {
        this.isTruncated = true;
        break;
      }
      if (!this.#seenVersions.has(link.version)) next.add(link.version);
    }
    return [...next];
  }

  /** False where a limit is in the way. */
  #add(link: Link, run: string, owners: LinkOwners): boolean {
    const artifact = `art:${link.version}`;
    const isOutput = link.direction === "output";
    const [source, target] = isOutput ? [run, artifact] : [artifact, run];
    const newNodes = [run, artifact].filter((id) => !this.#nodes.has(id));
    const key = JSON.stringify([source, target, link.direction]);
    const isNewEdge = !this.#edges.has(key);
    if (this.#nodes.size + newNodes.length > MAX_NODES) return false;
    if (isNewEdge && this.#edges.size >= MAX_EDGES) return false;
    for (const id of newNodes) this.#nodes.add(id);
    const { created_at, direction } = link;
    // Links come in the order of time: the first one tells.
    if (isNewEdge) this.#edges.set(key, { source, target, direction, created_at });
    if (!this.#runFacts.has(run)) {
      const project = link.project ?? this.#project;
      const facts = { run_id: owners.idOf(link), run_name: link.name, project, created_at };
      this.#runFacts.set(run, facts);
    }
    return true;
  }

  /** By id and by name: a run that was renamed kept its id, and a link without one goes by its name. */
  #linksOfRuns(links: readonly Link[]): Link[] {
    const ids = new Set(links.flatMap(({ id }) => id ?? []));
    const names = new Set(links.flatMap(({ name }) => name ?? []));
    return [...this.#read("run_id", [...ids]), ...this.#read("run_name", [...names])];
  }

  #read(column: string, values: readonly (string | number)[]): Link[] {
    if (values.length === 0) return [];
    const left = MAX_LINKS_READ - this.#linksRead;
    const rows = this.#db.all(
      `SELECT id, run_id, run_name, ${runProject(this.#db)} AS run_project, artifact_version_id, direction, created_at
       FROM run_artifact_links
       WHERE ${column} IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
      JSON.stringify(values),
      left + 1,
    );
    if (rows.length > left) this.isTruncated = true;
    const links = rows.slice(0, left).map(toLink);
    this.#linksRead += links.length;
    return links;
  }
}

function readArtifactNodes(db: ArtifactRows, versions: readonly number[]): LineageNode[] {
  const wanted = JSON.stringify(versions);
  const aliases = Map.groupBy(
    db.all(
      `SELECT artifact_version_id, alias FROM artifact_aliases
       WHERE artifact_version_id IN (SELECT value FROM json_each(?)) ORDER BY alias`,
      wanted,
    ),
    (row) => Number(row.artifact_version_id),
  );
  const rows = db.all(
    `SELECT av.id, av.version, av.size_bytes, av.created_at, av.producer_run_id, av.producer_run_name,
       json_array_length(av.manifest) AS num_files, a.name, a.type
     FROM artifact_versions av JOIN artifacts a ON a.id = av.artifact_id
     WHERE av.id IN (SELECT value FROM json_each(?)) ORDER BY av.id`,
    wanted,
  );
  return rows.map((row) => ({
    id: `art:${row.id}`,
    kind: "artifact",
    version_id: Number(row.id),
    artifact_name: String(row.name),
    artifact_type: String(row.type),
    version: Number(row.version),
    aliases: (aliases.get(Number(row.id)) ?? []).map(({ alias }) => String(alias)),
    size_bytes: Number(row.size_bytes),
    num_files: Number(row.num_files),
    created_at: String(row.created_at),
    producer_run_id: textOf(row.producer_run_id),
    producer_run_name: textOf(row.producer_run_name),
  }));
}

function toLink(row: ArtifactRow): Link {
  return {
    rowId: Number(row.id),
    id: textOf(row.run_id),
    name: textOf(row.run_name),
    project: textOf(row.run_project),
    version: Number(row.artifact_version_id),
    direction: row.direction as Direction,
    created_at: String(row.created_at),
  };
}

function nodeOf(link: NamedRun, owners: LinkOwners): string {
  const id = owners.idOf(link);
  return id === null ? `run:name:${link.name}` : `run:${id}`;
}

function uniqueLinks(links: readonly Link[]): Link[] {
  return [...new Map(links.map((link) => [link.rowId, link])).values()];
}

function byTime(a: Link, b: Link): number {
  return compareCodePoints(a.created_at, b.created_at) || a.rowId - b.rowId;
}

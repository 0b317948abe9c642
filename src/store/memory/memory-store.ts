/**
 * A store in memory: every record is an object and every read goes over all of
 * them, so that each answer can be seen to be right. It is the reference that
 * the others are tested against, and what small tests of other rooms use.
 */

import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { KeyPath } from "../../protocol/journal-line.ts";
import { type BlobHash, blobsOf, type MediaKind } from "../../protocol/media.ts";
import { type Lane, PROJECT_RUN } from "../../protocol/run.ts";
import { decodeValue } from "../../protocol/values.ts";
import { checkBatch } from "../check-batch.ts";
import { cellOf, gridOf } from "../choose-grid.ts";
import { exactStep } from "../exact-step.ts";
import type {
  LoggedTable,
  MediaItem,
  MediaQuery,
  MediaSummary,
  ProjectFile,
} from "../media-reads.ts";
import { rowValues } from "../record-values.ts";
import type {
  FoldBatch,
  FoldOutcome,
  MetricSummary,
  Point,
  ProjectInfo,
  RecordsQuery,
  Row,
  RunAlert,
  RunInfo,
  RunTrace,
  SeriesAnswer,
  SeriesAxis,
  SeriesBuckets,
  SeriesQuery,
  Store,
  StoredRecord,
  StoreSize,
  TraceQuery,
} from "../store.ts";
import { bucketsOf } from "./memory-buckets.ts";
import { MemoryEvents } from "./memory-events.ts";
import type { MemoryPoint } from "./memory-lane.ts";
import { blobsUsed, mediaSummary, mediaUnder, newestFirst, wholeTable } from "./memory-media.ts";
import { recordsOf } from "./memory-records.ts";
import { MemoryRun } from "./memory-run.ts";

/** Rows or points in a page of an iteration. */
const PAGE_LENGTH = 4096;

/** A {@link Store} that keeps all in memory and forgets it when it is closed. */
export class MemoryStore implements Store {
  readonly #offsets = new Map<string, number>();
  /** With what belongs to projects without a run, under `PROJECT_RUN`. */
  readonly #runs = new Map<string, MemoryRun>();
  readonly #events = new MemoryEvents();
  readonly #projectNames = new Map<ProjectKey, string>();
  /** By project, then by path. */
  readonly #files = new Map<ProjectKey, Map<string, ProjectFile>>();
  readonly #tombstones = new Set<string>();

  async fold(batch: FoldBatch): Promise<FoldOutcome> {
    const { run: identity, source } = batch;
    const runKey = keyOf(identity.projectKey, identity.id);
    if (this.#tombstones.has(runKey)) return { outcome: "deleted" };
    const offset = this.#offsets.get(source) ?? 0;
    if (batch.from !== offset) return { outcome: "moved", offset };
    checkBatch(batch);
    this.#offsets.set(source, batch.to);
    const run = this.#runs.get(runKey) ?? new MemoryRun(identity, batch.seenAt);
    this.#runs.set(runKey, run);
    if (!this.#projectNames.has(identity.projectKey)) {
      this.#projectNames.set(identity.projectKey, identity.project);
    }
    const files = this.#files.get(identity.projectKey) ?? new Map<string, ProjectFile>();
    this.#files.set(identity.projectKey, files);
    for (const file of batch.files ?? []) {
      if (file.time >= (files.get(file.path)?.time ?? file.time)) files.set(file.path, file);
    }
    this.#events.take(batch);
    const { media, ...added } = run.take(batch);
    const hasMedia = media || (batch.files?.length ?? 0) > 0;
    return { outcome: "folded", ...added, ...(hasMedia && { media: true }) };
  }

  async offset(source: string): Promise<number> {
    return this.#offsets.get(source) ?? 0;
  }

  async forget(source: string): Promise<void> {
    this.#offsets.delete(source);
  }

  async listProjects(): Promise<readonly ProjectInfo[]> {
    const projects: ProjectInfo[] = [];
    for (const [key, name] of this.#projectNames) {
      const runs = this.#runsOf(key);
      if (runs.length === 0) continue;
      projects.push({
        key,
        name,
        runCount: runs.length,
        runningCount: runs.filter((run) => run.state === "running").length,
        createdAt: Math.min(...runs.map((run) => run.identity.createdAt)),
        updatedAt: Math.max(...runs.map((run) => run.updatedAt)),
      });
    }
    return projects.sort((a, b) => b.updatedAt - a.updatedAt || (a.key < b.key ? -1 : 1));
  }

  async listRuns(
    project: ProjectKey,
    options: { readonly runs?: readonly RunId[] } = {},
  ): Promise<readonly RunInfo[]> {
    const wanted = options.runs && new Set(options.runs);
    return this.#runsOf(project)
      .filter((run) => wanted === undefined || wanted.has(run.identity.id))
      .map((run) => run.info());
  }

  async findRun(project: ProjectKey, idOrName: string): Promise<RunInfo | undefined> {
    const runs = this.#runsOf(project);
    const found =
      runs.find((run) => run.identity.id === idOrName) ??
      runs.find((run) => run.identity.name === idOrName);
    return found?.info();
  }

  async listMetrics(
    project: ProjectKey,
    runs: readonly RunId[],
    lane?: Lane,
  ): Promise<readonly MetricSummary[]> {
    return runs.flatMap((id) => this.#runs.get(keyOf(project, id))?.summaries(lane) ?? []);
  }

  async listKeys(project: ProjectKey, run: RunId, lane?: Lane): Promise<readonly KeyPath[]> {
    return this.#lane(project, run, lane)?.keyPaths() ?? [];
  }

  async laneSize(project: ProjectKey, run: RunId, lane?: Lane) {
    const records = this.#lane(project, run, lane);
    if (records === undefined) return undefined;
    const { recordCount, lastStep } = records;
    return { recordCount, ...(lastStep !== undefined && { lastStep: exactStep(lastStep) }) };
  }

  async readSeries(query: SeriesQuery): Promise<SeriesAnswer> {
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
    const all = query.series.map(({ run, key }) =>
      orderedBy(query.axis, this.#lane(query.project, run, query.lane)?.points(key) ?? []),
    );
    const extent = extentOf(all, query.axis);
    const low = Math.max(from, extent?.from ?? 0);
    const high = Math.max(low, Math.min(to, extent?.to ?? 0));
    const grid = gridOf(query.buckets, low, high);
    const series = all.map((points): SeriesBuckets => {
      const inRange = points.filter((point) => {
        const x = xOf(point, query.axis);
        return x >= from && x <= to;
      });
      return bucketsOf(
        inRange.map((point) => ({
          cell: cellOf(grid, xOf(point, query.axis)),
          x: xOf(point, query.axis),
          value: Number(point.value),
        })),
      );
    });
    return { grid, ...(extent && { extent }), series };
  }

  async *readPoints(project: ProjectKey, run: RunId, key: string): AsyncIterable<readonly Point[]> {
    const points = this.#records(project, run).points(key);
    for (let at = 0; at < points.length; at += PAGE_LENGTH) {
      yield points
        .slice(at, at + PAGE_LENGTH)
        .map(({ step, time, value }) => ({ step, time, value }));
    }
  }

  async *readRows(project: ProjectKey, run: RunId): AsyncIterable<readonly Row[]> {
    const records = this.#records(project, run).ordered();
    for (let at = 0; at < records.length; at += PAGE_LENGTH) {
      yield records.slice(at, at + PAGE_LENGTH).map(({ step, time, keys, values }) => ({
        step,
        time,
        values: rowValues(keys, values.map(decodeValue)),
      }));
    }
  }

  async *readRecords(query: RecordsQuery): AsyncIterable<readonly StoredRecord[]> {
    const lane = this.#lane(query.project, query.run, query.lane);
    const records = lane === undefined ? [] : recordsOf(lane, query);
    for (let at = 0; at < records.length; at += PAGE_LENGTH) {
      yield records.slice(at, at + PAGE_LENGTH);
    }
  }

  async listAlerts(project: ProjectKey, runs?: readonly RunId[]): Promise<readonly RunAlert[]> {
    return this.#events.alerts(project, runs);
  }

  async listTraces(query: TraceQuery): Promise<readonly RunTrace[]> {
    return this.#events.traces(query);
  }

  async listMedia(project: ProjectKey, runs: readonly RunId[]): Promise<readonly MediaSummary[]> {
    return runs.flatMap((run) => {
      const records = this.#lane(project, run);
      const all = records?.media() ?? [];
      const keys = records?.mediaKeys() ?? [];
      return keys.map(({ key, kind }) => mediaSummary(run, mediaUnder(all, key, kind)));
    });
  }

  async readMediaSteps(
    query: Pick<MediaQuery, "project" | "key" | "kind" | "runs">,
  ): Promise<readonly { readonly run: RunId; readonly steps: Float64Array }[]> {
    return query.runs.flatMap((run) => {
      const items = this.#mediaUnder(query.project, run, query.key, query.kind);
      const steps = Float64Array.from(new Set(items.map(({ step }) => step)));
      return steps.length === 0 ? [] : [{ run, steps }];
    });
  }

  async readMedia(query: MediaQuery): Promise<readonly MediaItem[]> {
    const { project, key, kind, limit } = query;
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = query;
    const { before = Number.POSITIVE_INFINITY } = query;
    const items = query.runs
      .flatMap((run) => newestFirst(run, this.#mediaUnder(project, run, key, kind)))
      .filter(({ step }) => step >= from && step <= to && step < before)
      .sort((a, b) => b.step - a.step);
    const oldest = items[limit - 1]?.step ?? Number.NEGATIVE_INFINITY;
    return items.filter(({ step }) => step >= oldest);
  }

  async findTable(
    project: ProjectKey,
    run: RunId,
    key: string,
    options: { readonly step?: number; readonly index?: number } = {},
  ): Promise<LoggedTable | undefined> {
    const { step = Number.POSITIVE_INFINITY, index } = options;
    const tables = this.#mediaUnder(project, run, key, "table");
    const newest = tables.findLast((item) => item.step <= step);
    const found = tables.filter((item) => item.step === newest?.step).at(index ?? -1);
    const all = this.#lane(project, run)?.media() ?? [];
    return found && wholeTable(run, all, found);
  }

  async listFiles(project: ProjectKey): Promise<readonly ProjectFile[]> {
    const files = Array.from(this.#files.get(project)?.values() ?? []);
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async *listBlobs(project: ProjectKey, run?: RunId): AsyncIterable<readonly BlobHash[]> {
    const runs = Array.from(this.#runs.values()).filter(
      ({ identity: { projectKey, id } }) => projectKey === project && id === (run ?? id),
    );
    const blobs = new Set(
      runs.flatMap((some) => [
        ...some.lanes().flatMap((lane) => Array.from(blobsUsed(lane.media()))),
        ...this.#events.media(project, some.identity.id).flatMap(blobsOf),
      ]),
    );
    if (run === undefined) for (const { blob } of await this.listFiles(project)) blobs.add(blob);
    if (blobs.size > 0) yield Array.from(blobs);
  }

  async unusedBlobs(blobs: readonly BlobHash[]): Promise<readonly BlobHash[]> {
    const used = new Set<BlobHash>();
    for (const project of this.#projectNames.keys()) {
      for await (const page of this.listBlobs(project)) for (const blob of page) used.add(blob);
    }
    return blobs.filter((blob) => !used.has(blob));
  }

  async deleteRun(
    project: ProjectKey,
    run: RunId,
    options: { readonly mayReturn?: boolean } = {},
  ): Promise<boolean> {
    const key = keyOf(project, run);
    const deleted = this.#runs.get(key);
    if (deleted === undefined || !deleted.isListed) return false;
    for (const source of deleted.sources()) this.#offsets.delete(source);
    this.#runs.delete(key);
    this.#events.remove(project, run);
    if (options.mayReturn !== true) this.#tombstones.add(key);
    if (this.#runsOf(project).length === 0) this.#removeProject(project);
    return true;
  }

  async deleteProject(project: ProjectKey): Promise<boolean> {
    if (!this.#projectNames.has(project)) return false;
    for (const run of this.#runsOf(project)) await this.deleteRun(project, run.identity.id);
    this.#removeProject(project);
    return true;
  }

  async compact(): Promise<boolean> {
    return false;
  }

  async size(): Promise<StoreSize> {
    const projects = Array.from(this.#projectNames.keys(), (key) => {
      const lanes = Array.from(this.#runs.values())
        .filter((run) => run.identity.projectKey === key)
        .flatMap((run) => run.lanes());
      const series = lanes.flatMap((lane) => lane.seriesKeys().map((name) => lane.points(name)));
      return {
        key,
        bytes: lanes.reduce((sum, lane) => sum + lane.sizeBytes(), 0),
        pointCount: series.reduce((sum, points) => sum + points.length, 0),
      };
    });
    return { bytes: projects.reduce((sum, project) => sum + project.bytes, 0), projects };
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {
    this.#runs.clear();
    this.#events.clear();
    this.#offsets.clear();
    this.#projectNames.clear();
    this.#files.clear();
    this.#tombstones.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** By number, newest first. */
  #runsOf(project: ProjectKey): MemoryRun[] {
    return Array.from(this.#runs.values())
      .filter((run) => run.identity.projectKey === project && run.isListed)
      .sort((a, b) => b.identity.number - a.identity.number);
  }

  #mediaUnder(project: ProjectKey, run: RunId, key: string, kind: MediaKind) {
    return mediaUnder(this.#lane(project, run)?.media() ?? [], key, kind);
  }

  #lane(project: ProjectKey, run: RunId, lane?: Lane) {
    return this.#runs.get(keyOf(project, run))?.lane(lane);
  }

  /** What `log()` wrote. */
  #records(project: ProjectKey, id: RunId) {
    const records = this.#lane(project, id);
    if (records) return records;
    throw new TrackioError("not_found", `Project "${project}" has no run ${JSON.stringify(id)}.`);
  }

  /** With what it keeps without a run; what was folded of that stays folded, so that it does not come back. */
  #removeProject(project: ProjectKey): void {
    this.#runs.delete(keyOf(project, PROJECT_RUN));
    this.#events.remove(project, PROJECT_RUN);
    this.#projectNames.delete(project);
    this.#files.delete(project);
  }
}

function keyOf(project: ProjectKey, run: RunId): string {
  return `${project}\n${run}`;
}

function xOf(point: MemoryPoint, axis: SeriesAxis): number {
  return axis === "step" ? Number(point.step) : point.time;
}

/** By x, points of the same x in the order of records. */
function orderedBy(axis: SeriesAxis, points: readonly MemoryPoint[]): readonly MemoryPoint[] {
  return axis === "step" ? points : points.toSorted((a, b) => a.time - b.time);
}

function extentOf(
  series: readonly (readonly MemoryPoint[])[],
  axis: SeriesAxis,
): { from: number; to: number } | undefined {
  const ends = series.flatMap((points) => [points.at(0), points.at(-1)]);
  const xs = ends.filter((point) => point !== undefined).map((point) => xOf(point, axis));
  return xs.length === 0 ? undefined : { from: Math.min(...xs), to: Math.max(...xs) };
}

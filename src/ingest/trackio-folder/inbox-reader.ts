/**
 * The inbox of a Trackio folder: where SQLite is not safe, e.g. on a network
 * file system, clients leave what they log in small files, one folder a writer,
 * until a server of theirs moves it into the database. Here it is read where it
 * lies. What comes to the database later has the same ids, and is kept once.
 *
 * A fragment appears whole and never changes, and a writer numbers its own: so a
 * look costs one `stat` a writer, and those that were read are known by number.
 */

import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorCode, isMissing } from "../../journal/file-errors.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import { formatExactJson, parseExactJson } from "../trackio/exact-json.ts";
import { memberOf } from "../trackio/members-of.ts";
import { textOf, trackioProjectKey, trackioRunId } from "../trackio/trackio-names.ts";
import type { TrackioRow } from "./database-rows.ts";
import type { TableName } from "./database-shape.ts";
import { keepOffset } from "./keep-offset.ts";
import type { FindProject } from "./project-runs.ts";
import type { ReaderOptions, ReaderStep } from "./reader-step.ts";
import { type FoldingPlace, RowFolder } from "./row-folder.ts";
import { timeOf } from "./translate-rows.ts";

/** Lines of one fragment have numbers of their own below this; what is beyond would be more than a gigabyte. */
const LINES = 2 ** 20;
const FULL_LOOK_EVERY_MS = 30_000;
/** A number was left out, e.g. since the fragments before were moved into the database: then the names are read. */
const GAP_LOOK_EVERY_MS = 2_000;
/** Fragments read at once, so that whoever logs meanwhile is not late. */
const FRAGMENTS_A_TURN = 64;

const TABLES: { readonly [kind: string]: TableName } = {
  metric: "metrics",
  system_metric: "system_metrics",
  alert: "alerts",
};

interface InboxWriter {
  readonly name: string;
  readonly path: string;
  mtimeMs: number;
  lookedMs: number;
  /** Number of the fragment to be read next; undefined until the store was asked. */
  next: number;
}

interface FragmentRow {
  readonly project: ProjectKey;
  readonly projectName: string;
  readonly table: TableName;
  readonly row: TrackioRow;
}

export class InboxReader {
  readonly #place: FoldingPlace;
  readonly #path: string;
  readonly #projectOf: FindProject;
  readonly #options: ReaderOptions;
  readonly #rows: RowFolder;
  readonly #writers = new Map<string, InboxWriter>();
  /** How far each source is folded, and the name that its run has. */
  readonly #known = new Map<string, { readonly offset: number; readonly name: string }>();
  #mtimeMs = Number.NaN;
  #lookedMs = Number.NEGATIVE_INFINITY;

  /** @param path Of the folder `inbox`, which need not be there. */
  constructor(place: FoldingPlace, path: string, projectOf: FindProject, options: ReaderOptions) {
    this.#place = place;
    this.#path = path;
    this.#projectOf = projectOf;
    this.#options = options;
    this.#rows = new RowFolder(place);
  }

  async follow(): Promise<ReaderStep> {
    await this.#findWriters();
    let rows = 0;
    let more = false;
    for (const writer of [...this.#writers.values()]) {
      const fragments = this.#newFragments(writer);
      if (fragments.length === 0) continue;
      const numbers = fragments.slice(0, FRAGMENTS_A_TURN);
      const read = numbers.flatMap((number) => readFragment(writer, number));
      await this.#fold(writer, read);
      writer.next = numbers.at(-1)! + 1;
      const [first] = read;
      const project = first && this.#projectOf(first.project, first.projectName);
      // What is imported may be another folder the next time, or more of this one.
      if (project !== undefined && !this.#options.isImport) {
        await keepOffset(this.#place.store, project, this.#placeOf(writer.name), writer.next);
      }
      rows += read.length;
      more ||= fragments.length > numbers.length;
    }
    return { rows, more };
  }

  async #findWriters(): Promise<void> {
    const now = this.#place.now();
    const mtimeMs = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs;
    const isDue = now - this.#lookedMs >= FULL_LOOK_EVERY_MS;
    if (mtimeMs === undefined || (mtimeMs === this.#mtimeMs && !isDue)) return;
    this.#mtimeMs = now - mtimeMs < FULL_LOOK_EVERY_MS ? Number.NaN : mtimeMs;
    this.#lookedMs = now;
    for (const entry of readFolder(this.#path)) {
      if (!entry.isDirectory() || this.#writers.has(entry.name)) continue;
      this.#writers.set(entry.name, {
        name: entry.name,
        path: join(this.#path, entry.name),
        mtimeMs: Number.NaN,
        lookedMs: Number.NEGATIVE_INFINITY,
        next: this.#options.isImport
          ? 0
          : await this.#place.store.offset(this.#placeOf(entry.name)),
      });
    }
  }

  /** Numbers of the fragments that were not read, rising. */
  #newFragments(writer: InboxWriter): number[] {
    const now = this.#place.now();
    const mtimeMs = statSync(writer.path, { throwIfNoEntry: false })?.mtimeMs;
    if (mtimeMs === undefined) {
      // All of it was moved into the database.
      this.#writers.delete(writer.name);
      return [];
    }
    const isNext = existsSync(fragmentFile(writer, writer.next));
    const everyMs = mtimeMs === writer.mtimeMs ? FULL_LOOK_EVERY_MS : GAP_LOOK_EVERY_MS;
    if (!isNext && now - writer.lookedMs < everyMs) return [];
    writer.mtimeMs = mtimeMs;
    const numbers: number[] = [];
    for (let number = writer.next; existsSync(fragmentFile(writer, number)); number += 1) {
      numbers.push(number);
    }
    if (isNext) return numbers;
    writer.lookedMs = now;
    return numbersIn(writer.path).filter((number) => number >= writer.next);
  }

  async #fold(writer: InboxWriter, rows: readonly FragmentRow[]): Promise<void> {
    const modifiedMs = this.#place.now();
    for (const ofRun of Map.groupBy(rows, groupOf).values()) {
      const { project: key, projectName, table, row } = ofRun[0]!;
      const id = trackioRunId(row.run, row.name);
      const project = this.#projectOf(key, projectName);
      if (id === undefined || project === undefined || project.isDeleted(id)) continue;
      const createdAt = timeOf(row.timestamp) ?? modifiedMs;
      const run = await project.identityOf({ id, name: row.name, createdAt });
      const source = `${this.#options.prefix}/${writer.name}#${table}/${key}/${id}`;
      const known = this.#known.get(source) ?? {
        offset: await this.#place.store.offset(source),
        name: run.name,
      };
      const outcome = await this.#rows.fold({
        run,
        source,
        table,
        ...known,
        rows: ofRun.map((fragment) => fragment.row),
        modifiedMs,
      });
      if (outcome.outcome === "folded") this.#known.set(source, outcome);
      else this.#known.delete(source);
    }
  }

  #placeOf(writer: string): string {
    return `${this.#options.prefix}/${writer}`;
  }
}

function fragmentFile(writer: InboxWriter, number: number): string {
  return join(writer.path, `${String(number).padStart(8, "0")}.jsonl`);
}

function numbersIn(path: string): number[] {
  return readFolder(path)
    .flatMap(({ name }) => (/^\d{8,}\.jsonl$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b);
}

/** What the lines of a fragment say; those that say nothing are passed over, as upstream does. */
function readFragment(writer: InboxWriter, number: number): FragmentRow[] {
  let text: string;
  try {
    text = readFileSync(fragmentFile(writer, number), "utf8");
  } catch (error) {
    // Moved into the database meanwhile: its rows come from there. A folder is no fragment, whatever its name.
    if (isMissing(error) || errorCode(error) === "EISDIR") return [];
    throw error;
  }
  return text
    .split("\n")
    .flatMap((line, i) => (line.trim() === "" ? [] : readLine(line, number * LINES + i)));
}

function readLine(line: string, id: number): FragmentRow[] {
  const record = parseExactJson(line);
  const kind = textOf(memberOf(record, "kind"));
  const table = kind === undefined || !Object.hasOwn(TABLES, kind) ? undefined : TABLES[kind];
  const project = trackioProjectKey(memberOf(record, "project"));
  const name = textOf(memberOf(record, "run"));
  if (record === undefined || table === undefined || project === undefined || !name) return [];
  const row = {
    id,
    run: textOf(memberOf(record, "run_id")) || name,
    name,
    timestamp: textOf(memberOf(record, "timestamp")) ?? "",
    step: stepOf(memberOf(record, "step")),
    more: {},
  };
  const projectName = textOf(memberOf(record, "project")) ?? project;
  const of = (rowTable: TableName, json: Json | undefined, ownId: string, more = {}) => ({
    project,
    projectName,
    table: rowTable,
    row: {
      ...row,
      json: formatExactJson(json ?? {}, "text"),
      ownId: textOf(memberOf(record, ownId)),
      more,
    },
  });
  if (table === "alerts") {
    const more = Object.fromEntries(
      ["title", "text", "level"].map((column) => [
        column,
        textOf(memberOf(record, column)) ?? null,
      ]),
    );
    return [of(table, undefined, "alert_id", more)];
  }
  const rows = [of(table, memberOf(record, "metrics"), "log_id")];
  const config = memberOf(record, "config");
  if (config !== undefined && config !== null) rows.unshift(of("configs", config, "none"));
  return rows;
}

function stepOf(step: Json | undefined): number | string | null {
  if (typeof step === "number") return step;
  const { v } = (step ?? {}) as { readonly v?: unknown };
  return typeof v === "string" ? v : null;
}

function groupOf({ project, table, row }: FragmentRow): string {
  return JSON.stringify([project, row.run, table]);
}

function readFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

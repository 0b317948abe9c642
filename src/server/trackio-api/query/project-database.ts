/**
 * A project as a SQLite database of Trackio for Python, made for queries: in a
 * temporary file that only this connection knows. A table is filled when a query
 * first names it, and again when the project has changed since.
 */

import { DatabaseSync } from "node:sqlite";
import { statIfThere } from "../../../journal/stat-if-there.ts";
import { TrackioError } from "../../../protocol/errors.ts";
import type { ProjectKey } from "../../../protocol/ids.ts";
import { listArtifactProjects } from "../reads/open-artifacts.ts";
import type { TrackioSource } from "../reads/trackio-source.ts";
import { fillTable } from "./fill-tables.ts";
import { SCHEMA, type TableName, tablesIn } from "./query-tables.ts";
import { runQuery } from "./read-only-query.ts";

export class ProjectDatabase {
  readonly #source: TrackioSource;
  readonly #project: ProjectKey;
  /** Which state of the project each table shows. */
  readonly #filled = new Map<TableName, string>();
  readonly #db: DatabaseSync;

  constructor(source: TrackioSource, project: ProjectKey) {
    this.#source = source;
    this.#project = project;
    // As for Python: a text in double quotes is one, and tables may be filled in any order.
    const asPython = { enableDoubleQuotedStringLiterals: true, enableForeignKeyConstraints: false };
    // Without a name it is a file that SQLite keeps to itself and removes.
    this.#db = new DatabaseSync("", asPython);
    this.#db.exec(SCHEMA);
  }

  /** Brings what the query names up to date. @throws {@link TrackioError} `not_found` where there is no such project. */
  async prepare(query: string, asWritten: string): Promise<void> {
    const stamp = await this.#stamp();
    if (stamp === undefined) {
      throw new TrackioError("not_found", `Project '${asWritten}' not found.`);
    }
    for (const table of tablesIn(query)) {
      if (this.#filled.get(table) === stamp) continue;
      await fillTable(this.#db, this.#source, this.#project, table);
      this.#filled.set(table, stamp);
    }
  }

  /** The answer as JSON text. @throws {@link TrackioError} with SQLite's own words. */
  ask(query: string, asWritten: string): string[] {
    const head = `{"project":${JSON.stringify(asWritten)},"query":${JSON.stringify(query)},`;
    return [head, ...runQuery(this.#db, query), "}"];
  }

  close(): void {
    this.#db.close();
  }

  /** Another one where the project has changed; undefined where it is not there. */
  async #stamp(): Promise<string | undefined> {
    const { store, folder } = this.#source;
    const runs = await store.listRuns(this.#project);
    const artifacts = artifactStamp(folder.artifactsFile(this.#project));
    if (runs.length === 0 && !listArtifactProjects(folder).includes(this.#project))
      return undefined;
    const facts = runs.map(({ id, name, updatedAt, recordCount }) => [
      ...[id, name, updatedAt, recordCount],
    ]);
    return JSON.stringify([facts, artifacts, artifactStamp(`${folder.root}/${this.#project}.db`)]);
  }
}

function artifactStamp(path: string): string {
  const stats = [path, `${path}-wal`].map((file) => statIfThere(file));
  return stats.map((one) => `${one?.size} ${one?.mtimeMs}`).join();
}

/** `trackio import`: copies what others wrote into our data folder, and leaves it as it is. */

import { realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { openStoreForFolding } from "../../ingest/open-store.ts";
import { TrackioError } from "../../protocol/errors.ts";
import { type ProjectKey, parseProjectKey } from "../../protocol/ids.ts";
import { findDataFolder } from "../find-data-folder.ts";
import { formatBytes, formatCount, formatQuantity } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { ProgressBar } from "../progress-bar.ts";
import type { Terminal } from "../terminal.ts";
import { importCsv } from "./import-csv.ts";
import { importFolder } from "./import-folder.ts";
import { type Imported, ImportTally } from "./import-tally.ts";

export interface ImportOptions {
  readonly dir?: string;
  readonly json?: boolean;
  readonly project?: string;
  readonly name?: string;
}

/** New data is packed for so long, so that what reads it next finds it in order. */
const COMPACT_MS = 2_000;
const PIECE_MS = 100;

/**
 * Imports a folder, a database or a CSV file, and says what is new.
 * @throws {@link TrackioError} `not_found` where there is none, `invalid_argument` where it is nothing that can be imported.
 */
export async function importSource(
  terminal: Terminal,
  source: string,
  options: ImportOptions,
): Promise<void> {
  const path = resolve(source);
  const kind = kindOf(path, options);
  const data = await openTarget(terminal, path, kind, options.dir);
  const bar = new ProgressBar(terminal, "Importing rows", formatCount);
  const mediaBar = new ProgressBar(terminal, "Copying media", formatBytes);
  let imported: Imported;
  try {
    const tally = await ImportTally.begin(data.store);
    if (kind === "csv") imported = await importCsv(data, path, options, tally);
    else {
      const only: ProjectKey | undefined =
        options.project === undefined ? undefined : parseProjectKey(options.project, "--project");
      imported = await importFolder(data, {
        root: kind === "folder" ? path : dirname(path),
        ...(only !== undefined && { only }),
        ...(kind === "database" && { database: basename(path) }),
        onRows: ({ done, total }) => bar.update(done, total),
        onBytes: (done, total) => mediaBar.update(done, total),
        onSkipped: (reason) => terminal.note(`${reason}\n`),
        tally,
      });
    }
    const until = terminal.now() + COMPACT_MS;
    while (imported.recordCount > 0 && terminal.now() < until) {
      if (!(await data.store.compact(PIECE_MS))) break;
    }
  } finally {
    bar.end();
    mediaBar.end();
    await data.store.close();
  }
  for (const note of imported.notes) terminal.note(`${note}\n`);
  await terminal.print(
    options.json ? jsonDocument(recordOf(data.folder.root, path, imported)) : describe(imported),
  );
}

type SourceKind = "folder" | "database" | "csv";

function kindOf(path: string, { project, name }: ImportOptions): SourceKind {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new TrackioError(
      "not_found",
      `There is no '${path}'; name a folder, a .db or a .csv file.`,
    );
  }
  const ending = extname(path).toLowerCase();
  const kind = stats.isDirectory() ? "folder" : ending === ".db" ? "database" : "csv";
  if (kind === "csv" && ending !== ".csv") {
    throw new TrackioError(
      "invalid_argument",
      `'${path}' is no folder, .db or .csv file, and nothing else can be imported.`,
    );
  }
  if (kind === "database" && project !== undefined) {
    throw new TrackioError(
      "invalid_argument",
      `A database is one project, and its file's name is the project's; leave out --project '${project}'.`,
    );
  }
  if (kind !== "csv" && name !== undefined) {
    throw new TrackioError(
      "invalid_argument",
      `Runs of Trackio have names already; leave out --name '${name}', which is for CSV files.`,
    );
  }
  return kind;
}

/** Our own folder; what lies in it already is read where it lies. */
async function openTarget(
  terminal: Terminal,
  path: string,
  kind: SourceKind,
  dir: string | undefined,
): ReturnType<typeof openStoreForFolding> {
  const { root } = findDataFolder(terminal, dir);
  const data = await openStoreForFolding(root);
  const from = kind === "folder" ? path : dirname(path);
  if (kind === "csv" || realpathSync(from) !== realpathSync(root)) return data;
  await data.store.close();
  throw new TrackioError(
    "invalid_argument",
    `'${join(path)}' is in the data folder, and read there as it is; name another folder by --dir to copy it to.`,
  );
}

function describe({ projects, recordCount, fileCount, bytes }: Imported): string {
  if (projects.length === 0 && fileCount === 0)
    return "No new logs or files: all of them are there already.\n";
  const runs = projects.reduce((sum, { runCount }) => sum + runCount, 0);
  const what = [
    formatQuantity(recordCount, "log"),
    `of ${formatQuantity(runs, "run")} in ${formatQuantity(projects.length, "project")}`,
    ...(fileCount > 0 ? [`and ${formatQuantity(fileCount, "file")}, ${formatBytes(bytes)}`] : []),
  ];
  return `Imported ${what.join(" ")}.\n`;
}

function recordOf(dir: string, source: string, imported: Imported) {
  return {
    dir,
    source,
    num_logs: imported.recordCount,
    num_files: imported.fileCount,
    bytes: imported.bytes,
    projects: imported.projects.map(({ name, runCount, recordCount }) => {
      return { name, num_runs: runCount, num_logs: recordCount };
    }),
  };
}

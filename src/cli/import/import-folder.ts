import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { OpenStore } from "../../ingest/open-store.ts";
import { projectKeyOfFile } from "../../ingest/trackio/trackio-names.ts";
import { type CopiedMedia, copyMedia } from "../../ingest/trackio-folder/copy-media.ts";
import {
  DATABASE_ENDING,
  databasesIn,
  hasTrackioData,
} from "../../ingest/trackio-folder/find-databases.ts";
import { foldingPlace } from "../../ingest/trackio-folder/follow-trackio-folder.ts";
import { type ReadingProgress, TrackioFolder } from "../../ingest/trackio-folder/trackio-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { readNames } from "../../media/read-names.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import { importArtifacts } from "./import-artifacts.ts";
import type { Imported, ImportTally } from "./import-tally.ts";

export interface FolderImport {
  readonly root: string;
  /** Only of this project. */
  readonly only?: ProjectKey;
  /** Only this database of the folder. */
  readonly database?: string;
  readonly onRows: (progress: ReadingProgress) => void;
  readonly onBytes: (done: number, total: number) => void;
  readonly onSkipped: (reason: string) => void;
  readonly tally: ImportTally;
}

/** Imports what Trackio for Python wrote. @throws {@link TrackioError} `not_found` where it wrote nothing there, `damaged` where nothing of it can be read. */
export async function importFolder(
  { folder, store }: OpenStore,
  { root, only, database, onRows, onBytes, onSkipped, tally }: FolderImport,
): Promise<Imported> {
  if (database === undefined && !hasTrackioData(root)) {
    throw new TrackioError(
      "not_found",
      `Trackio for Python wrote nothing in '${root}': there is no .db file and no inbox.`,
    );
  }
  const source = new TrackioFolder(
    foldingPlace(folder, store, () => undefined),
    {
      root,
      prefix: "import",
      isImport: true,
      ...(only !== undefined && { only }),
      ...(database !== undefined && { database, only: keyOfDatabase(database) }),
    },
  );
  try {
    await source.readAll(onRows);
  } finally {
    await source.close();
  }
  const artifacts: CopiedMedia[] = [];
  for (const project of source.projects) {
    artifacts.push(await importArtifacts(folder, root, project));
  }
  // A folder `media` may hold more than Trackio's, and a database be none of it.
  const listed = new Set((await store.listProjects()).map(({ key }) => key));
  const known = source.projects.filter(
    ({ key }) => listed.has(key) || existsSync(folder.artifactsFile(key)),
  );
  if (known.length === 0) throw nothingThere(source, { root, only, database });
  for (const { reason } of source.skipped) onSkipped(reason);
  const mediaPath = join(root, "media");
  const projects = readNames(mediaPath).filter((name) =>
    known.some(({ key }) => key === projectKeyOfFile(name)),
  );
  const media = await copyMedia(new BlobFolder(folder), mediaPath, projects, onBytes);
  const all = [media, ...artifacts];
  return await tally.end({
    fileCount: all.reduce((sum, { fileCount }) => sum + fileCount, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  });
}

/** Why nothing came of it. */
function nothingThere(
  { skipped }: TrackioFolder,
  {
    root,
    only,
    database,
  }: {
    readonly root: string;
    readonly only: ProjectKey | undefined;
    readonly database: string | undefined;
  },
): TrackioError {
  const [damaged] = skipped;
  if (damaged !== undefined) return new TrackioError("damaged", damaged.reason);
  if (database !== undefined) {
    const path = join(root, database);
    return new TrackioError("not_found", `Trackio for Python logged no run in '${path}'.`);
  }
  const files = databasesIn(root).map((name) => `'${name.slice(0, -DATABASE_ENDING.length)}'`);
  const there = files.length === 0 ? "" : ` Its databases are called ${files.join(", ")}.`;
  const project = only === undefined ? "" : ` of project '${only}'`;
  return new TrackioError(
    "not_found",
    `Trackio for Python logged no run${project} in '${root}'.${there}`,
  );
}

function keyOfDatabase(database: string): ProjectKey {
  const stem = basename(database).slice(0, -DATABASE_ENDING.length);
  const key = projectKeyOfFile(stem);
  if (key !== undefined) return key;
  throw new TrackioError("invalid_argument", `'${stem}' is too long for the name of a project.`);
}

import { basename, join } from "node:path";
import type { OpenStore } from "../../ingest/open-store.ts";
import { trackioProjectKey } from "../../ingest/trackio/trackio-names.ts";
import { copyMedia } from "../../ingest/trackio-folder/copy-media.ts";
import { hasTrackioData } from "../../ingest/trackio-folder/find-databases.ts";
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

/** Imports what Trackio for Python wrote. @throws {@link TrackioError} `not_found` where it wrote nothing there. */
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
  for (const { reason } of source.skipped) onSkipped(reason);
  const wanted = database === undefined ? only : keyOfDatabase(database);
  const mediaPath = join(root, "media");
  const projects = readNames(mediaPath).filter(
    (name) => wanted === undefined || trackioProjectKey(name) === wanted,
  );
  const media = await copyMedia(new BlobFolder(folder), mediaPath, projects, onBytes);
  const artifacts = source.projects.map((project) => importArtifacts(folder, root, project));
  const all = [media, ...artifacts];
  return await tally.end({
    fileCount: all.reduce((sum, { fileCount }) => sum + fileCount, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  });
}

function keyOfDatabase(database: string): ProjectKey {
  const stem = basename(database).slice(0, -".db".length);
  const key = trackioProjectKey(stem);
  if (key !== undefined) return key;
  throw new TrackioError("invalid_argument", `'${stem}' is too long for the name of a project.`);
}

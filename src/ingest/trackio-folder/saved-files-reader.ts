/**
 * Files that `trackio.save()` put into a Trackio folder: they lie there under
 * their names, `media/<project>/files/…`, and stay there. What the store knows of
 * them tells which are new or changed.
 */

import { readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { isMissing } from "../../journal/file-errors.ts";
import { trackioFileHash } from "../../media/trackio-file-hash.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import { isSavedPath } from "../../protocol/media.ts";
import { PROJECT_RUN } from "../../protocol/run.ts";
import type { FoldBatch } from "../../store/store.ts";
import { projectKeyOfFile } from "../trackio/trackio-names.ts";
import { typeOfFile } from "../trackio/type-of-file.ts";
import { filesBelow } from "./files-below.ts";
import { keepOffset } from "./keep-offset.ts";
import type { FindProject } from "./project-runs.ts";
import type { ReaderStep } from "./reader-step.ts";
import type { FoldingPlace } from "./row-folder.ts";

type SavedFiles = NonNullable<FoldBatch["files"]>;

const LOOK_EVERY_MS = 3_000;
/** So many times what a look takes passes between two of them. */
const LOOK_SHARE = 50;
/** Files are no rows. */
const NOTHING: ReaderStep = { rows: 0, more: false };

export class SavedFilesReader {
  readonly #place: FoldingPlace;
  readonly #mediaPath: string;
  readonly #projectOf: FindProject;
  readonly #prefix: string;
  #nextLookMs = Number.NEGATIVE_INFINITY;

  /** @param mediaPath Of the folder `media`, which need not be there. */
  constructor(place: FoldingPlace, mediaPath: string, projectOf: FindProject, prefix: string) {
    this.#place = place;
    this.#mediaPath = mediaPath;
    this.#projectOf = projectOf;
    this.#prefix = prefix;
  }

  async follow(): Promise<ReaderStep> {
    if (this.#place.now() < this.#nextLookMs) return NOTHING;
    const beganMs = performance.now();
    for (const project of namesIn(this.#mediaPath)) {
      const path = join(this.#mediaPath, project, "files");
      const key = projectKeyOfFile(project);
      if (key !== undefined && statOf(path)?.isDirectory())
        await this.#followProject(key, project, path);
    }
    const tookMs = performance.now() - beganMs;
    this.#nextLookMs = this.#place.now() + Math.max(LOOK_EVERY_MS, tookMs * LOOK_SHARE);
    return NOTHING;
  }

  async #followProject(key: ProjectKey, project: string, path: string): Promise<void> {
    const { store, onChange } = this.#place;
    const owner = this.#projectOf(key, project);
    if (owner === undefined) return;
    const known = new Map((await store.listFiles(key)).map((file) => [file.path, file]));
    const files = savedFilesIn(path, project).filter((file) => {
      const before = known.get(file.path);
      // One that was saved over the wire since is the newer one.
      return before === undefined || before.time < file.time;
    });
    if (files.length === 0) return;
    const source = `${this.#prefix}/${project}/files`;
    const offset = (await store.offset(source)) + 1;
    await keepOffset(store, owner, source, offset, { files });
    onChange({ project: key, run: PROJECT_RUN, newKeys: false, media: true, facts: false });
  }
}

/** The files below `path`, named as a Trackio client names them. */
function savedFilesIn(path: string, project: string): SavedFiles {
  return filesBelow(path).flatMap(({ name, stats }) => {
    if (!isSavedPath(name)) return [];
    const blob = trackioFileHash(`${project}/files/${name}`);
    return { path: name, blob, type: typeOfFile(name), bytes: stats.size, time: stats.mtimeMs };
  });
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/**
 * Where things lie on disk. The root is the folder of Trackio for Python, so
 * that both see one place; ours is the subfolder `store`, which Python leaves
 * alone. Every path of ours is built here and nowhere else.
 *
 *     <root>/store/store.db
 *     <root>/store/server.json
 *     <root>/store/server-tokens.json
 *     <root>/store/blobs/                               pictures, videos, tables: see src/media
 *     <root>/store/uploads/                             what clients are sending
 *     <root>/store/unreadable.jsonl                     what Trackio clients sent and nobody understands
 *     <root>/store/artifacts/<project>.db               versioned files that clients log: see src/artifacts
 *     <root>/store/projects/<project>/project.json
 *                                    /numbers/<n>          who has run number n
 *                                    /names/<name>         run ids of that name, oldest first
 *                                    /deleted/<run>        ids that may not come back
 *                                    /runs/<run>/head.json
 *                                               /<writer>.jsonl
 *                                               /<writer>.remote.json   how far it was sent elsewhere
 *                                    /runs/%00project/<writer>.jsonl  what belongs to the project without a run
 *
 * Law: any project, run name or id has a path of its own on every file system,
 * also where upper and lower case are one, and no name leads out of the folder.
 */

import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import type { ProjectKey, RunId } from "../protocol/ids.ts";
import { toFileName } from "./file-name.ts";

/** Extension of a journal's file. */
export const JOURNAL_EXTENSION = ".jsonl";

/**
 * The data folder's root: `dir`, else `TRACKIO_DIR`, else `trackio` in `HF_HOME`
 * (where that is unset: in `huggingface` of `XDG_CACHE_HOME` or `~/.cache`).
 */
export function resolveDataRoot(
  options: { readonly dir?: string | undefined; readonly env?: NodeJS.ProcessEnv | undefined } = {},
): string {
  const env = options.env ?? process.env;
  const given = options.dir || env.TRACKIO_DIR;
  if (given) return resolve(given);
  const cache = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const huggingFace = env.HF_HOME || join(cache, "huggingface");
  return resolve(
    huggingFace.replace(/^~(?=$|[/\\])/, () => homedir()),
    "trackio",
  );
}

/** The paths below one root; touches no disk. */
export class DataFolder {
  readonly root: string;
  readonly storePath: string;
  readonly projectsPath: string;
  readonly blobsPath: string;
  readonly artifactsPath: string;
  /** Where a running server tells its address. */
  readonly serverFile: string;
  /** Write tokens of servers on other machines that scripts were given; for its owner alone. */
  readonly serverTokensFile: string;
  /** SQLite's file; only the store touches it. */
  readonly databaseFile: string;
  /** Bodies and files that clients are sending, until they have their place. */
  readonly uploadsPath: string;
  /** What Trackio clients sent and nobody understands, as it came. */
  readonly unreadableFile: string;

  constructor(root: string) {
    this.root = root;
    this.storePath = join(root, "store");
    this.projectsPath = join(this.storePath, "projects");
    this.blobsPath = join(this.storePath, "blobs");
    this.artifactsPath = join(this.storePath, "artifacts");
    this.serverFile = join(this.storePath, "server.json");
    this.serverTokensFile = join(this.storePath, "server-tokens.json");
    this.databaseFile = join(this.storePath, "store.db");
    this.uploadsPath = join(this.storePath, "uploads");
    this.unreadableFile = join(this.storePath, "unreadable.jsonl");
  }

  artifactsFile(key: ProjectKey): string {
    return join(this.artifactsPath, `${toFileName(key)}.db`);
  }

  projectFolder(key: ProjectKey): string {
    return join(this.projectsPath, toFileName(key));
  }

  /** `{key, name, createdAt}`: tells what the folder's name may not. */
  projectFile(key: ProjectKey): string {
    return join(this.projectFolder(key), "project.json");
  }

  numbersFolder(key: ProjectKey): string {
    return join(this.projectFolder(key), "numbers");
  }

  namesFolder(key: ProjectKey): string {
    return join(this.projectFolder(key), "names");
  }

  namesFile(key: ProjectKey, name: string): string {
    return join(this.namesFolder(key), toFileName(name));
  }

  deletedFolder(key: ProjectKey): string {
    return join(this.projectFolder(key), "deleted");
  }

  deletedFile(key: ProjectKey, id: RunId): string {
    return join(this.deletedFolder(key), toFileName(id));
  }

  runsFolder(key: ProjectKey): string {
    return join(this.projectFolder(key), "runs");
  }

  runFolder(key: ProjectKey, id: RunId): string {
    return join(this.runsFolder(key), toFileName(id));
  }

  headFile(key: ProjectKey, id: RunId): string {
    return join(this.runFolder(key, id), "head.json");
  }

  journalFile(key: ProjectKey, id: RunId, writer: string): string {
    return join(this.runFolder(key, id), writer + JOURNAL_EXTENSION);
  }

  /** The name by which the store knows a journal: its path below `projects`, with `/`. */
  sourceOf(journalFile: string): string {
    return journalFile
      .slice(this.projectsPath.length + 1)
      .split(sep)
      .join("/");
  }

  /** The journal that the store knows as `source`. */
  pathOf(source: string): string {
    return join(this.projectsPath, ...source.split("/"));
  }
}

import { existsSync, statSync } from "node:fs";
import { DataFolder, resolveDataRoot } from "../journal/data-folder.ts";
import { TrackioError } from "../protocol/errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The data folder that `dir`, else the environment, names. It need not be there.
 * @throws {@link TrackioError} `invalid_argument` where something else is there.
 */
export function findDataFolder(terminal: Terminal, dir?: string): DataFolder {
  const folder = new DataFolder(resolveDataRoot({ dir, env: terminal.env }));
  if (existsSync(folder.root) && !statSync(folder.root).isDirectory()) {
    throw new TrackioError(
      "invalid_argument",
      `The data folder '${folder.root}' is a file; name a folder by --dir or TRACKIO_DIR.`,
    );
  }
  return folder;
}

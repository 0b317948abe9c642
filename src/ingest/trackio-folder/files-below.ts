import { type Dirent, readdirSync, type Stats, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { isMissing } from "../../journal/file-errors.ts";

/** All files below a folder, which need not be there. `name`: relative to it, with `/`. Links are not followed. */
export function filesBelow(
  folder: string,
): { readonly name: string; readonly path: string; readonly stats: Stats }[] {
  return entriesBelow(folder).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const stats = entry.isFile() ? statSync(path, { throwIfNoEntry: false }) : undefined;
    const name = relative(folder, path).split(sep).join("/");
    return stats === undefined ? [] : [{ name, path, stats }];
  });
}

function entriesBelow(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

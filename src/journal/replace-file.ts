import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Replaces a small file in one step: a reader sees the former text or this one.
 *
 * @param mode Who may read it, e.g. `0o600`; unless told, as the process's mask has it.
 * @throws the system's error; then the former file stands as it was.
 */
export function replaceFile(path: string, text: string, mode?: number): void {
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`;
  try {
    writeFileSync(draft, text, mode === undefined ? {} : { mode });
    // The mode of a file that is made is cut by the process's mask, never widened; of one that was there it would stay.
    if (mode !== undefined) chmodSync(draft, mode);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

import { usedByArtifacts } from "../../artifacts/used-by-artifacts.ts";
import { finishDeletions } from "../../ingest/finish-deletions.ts";
import { collectUnusedBlobs } from "../../ingest/free-blobs.ts";
import { reclaimSpace } from "../deletion.ts";
import { formatBytes, formatQuantity } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { openData } from "../open-data.ts";
import type { Terminal } from "../terminal.ts";

/** `trackio gc`: what went, as JSON `{"dir", "dry_run", "num_blobs", "bytes", "files"}`. */
export async function collectGarbage(
  terminal: Terminal,
  options: { readonly dir?: string; readonly json?: boolean; readonly dryRun?: boolean },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const dryRun = options.dryRun ?? false;
  if (!dryRun) await finishDeletions(data.folder, data.store);
  const now = terminal.now();
  const freed = await collectUnusedBlobs(data.folder, data.store, {
    dryRun,
    now,
    usedElsewhere: (hashes) => usedByArtifacts(data.folder.artifactsPath, hashes),
  });
  if (options.json) {
    await terminal.print(
      jsonDocument({
        dir: data.folder.root,
        dry_run: dryRun,
        num_blobs: freed.count,
        bytes: freed.bytes,
        files: freed.files,
      }),
    );
  } else if (freed.files.length === 0) {
    await terminal.print("Nothing to remove.\n");
  } else {
    const did = dryRun ? "Would remove" : "Removed";
    const what = `${formatQuantity(freed.files.length, "file")}, ${formatBytes(freed.bytes)}`;
    await terminal.print(`${did} ${what}, that nothing refers to.\n`);
  }
  if (!dryRun) await reclaimSpace(data.store, () => terminal.now());
}

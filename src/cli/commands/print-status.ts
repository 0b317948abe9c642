import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { listJournals } from "../../journal/list-journals.ts";
import { type BlobBytes, blobBytes } from "../../media/blob-collector.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import type { ProjectInfo, StoreSize } from "../../store/store.ts";
import { formatBytes, formatCount, formatQuantity } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { type OpenData, openData } from "../open-data.ts";
import { formatFacts, formatTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface JournalTotals {
  readonly count: number;
  readonly bytes: number;
}

/** `trackio status`: what is on disk and how large. */
export async function printStatus(
  terminal: Terminal,
  options: { readonly dir?: string; readonly json?: boolean },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const projects = await data.store.listProjects();
  const size = await data.store.size();
  const journals = measureJournals(data);
  const blobs = blobBytes(new BlobFolder(data.folder));
  const bytes = measureFolder(data.folder.storePath);
  if (options.json) {
    await terminal.print(
      jsonDocument({
        dir: data.folder.root,
        bytes,
        store_bytes: size.bytes,
        num_journals: journals.count,
        journal_bytes: journals.bytes,
        num_blobs: blobs.count,
        blob_bytes: blobs.readyBytes + blobs.pendingBytes,
        pending_blob_bytes: blobs.pendingBytes,
        projects: projects.map((project) => ({
          name: project.name,
          num_runs: project.runCount,
          num_points: sizeOf(size, project).pointCount,
          bytes: sizeOf(size, project).bytes,
        })),
      }),
    );
    return;
  }
  await terminal.print(
    formatFacts([
      ["Data folder", data.folder.root],
      ["On disk", formatBytes(bytes)],
      ["Store", formatBytes(size.bytes)],
      ["Journals", `${formatBytes(journals.bytes)} in ${formatQuantity(journals.count, "file")}`],
      ["Media", describeBlobs(blobs)],
    ]),
  );
  if (projects.length === 0) terminal.note("No project has been logged there yet.\n");
  else await terminal.print(`\n${toTable(projects, size, terminal.width)}`);
}

function describeBlobs({ readyBytes, pendingBytes, count }: BlobBytes): string {
  const all = `${formatBytes(readyBytes + pendingBytes)} in ${formatQuantity(count, "blob")}`;
  return pendingBytes === 0 ? all : `${all}; ${formatBytes(pendingBytes)} of it to be encoded`;
}

function toTable(projects: readonly ProjectInfo[], size: StoreSize, width?: number): string {
  return formatTable(
    [
      { title: "Project", canShrink: true },
      { title: "Runs", align: "right" },
      { title: "Points", align: "right" },
      { title: "Size", align: "right" },
    ],
    projects
      .toSorted((a, b) => sizeOf(size, b).bytes - sizeOf(size, a).bytes)
      .map((project) => [
        project.name,
        formatCount(project.runCount),
        formatCount(sizeOf(size, project).pointCount),
        formatBytes(sizeOf(size, project).bytes),
      ]),
    width,
  );
}

function sizeOf(size: StoreSize, project: ProjectInfo): { bytes: number; pointCount: number } {
  const found = size.projects.find((candidate) => candidate.key === project.key);
  return { bytes: found?.bytes ?? 0, pointCount: found?.pointCount ?? 0 };
}

function measureJournals({ folder }: OpenData): JournalTotals {
  let count = 0;
  let bytes = 0;
  for (const journal of listJournals(folder)) {
    count += 1;
    bytes += journal.sizeBytes;
  }
  return { count, bytes };
}

/** Bytes of all files below a folder; 0 where it is not there. */
function measureFolder(path: string): number {
  if (!existsSync(path)) return 0;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false }))
    .reduce((sum, stats) => sum + (stats?.size ?? 0), 0);
}

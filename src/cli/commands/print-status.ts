import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { listJournals } from "../../journal/list-journals.ts";
import { type BlobBytes, blobBytes } from "../../media/blob-collector.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { listUnsentJournals } from "../../sdk/remote/unsent-journals.ts";
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

/** Journals that are to go to one server, and are not all there with what they name. */
interface UnsentTotals extends JournalTotals {
  readonly serverUrl: string;
}

interface ProjectSize {
  readonly project: ProjectInfo;
  readonly pointCount: number;
  readonly storeBytes: number;
  /** Also of blobs that other projects refer to as well. */
  readonly mediaBytes: number;
}

/** `trackio status`: what is on disk and how large. */
export async function printStatus(
  terminal: Terminal,
  options: { readonly dir?: string; readonly json?: boolean },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const journals = measureJournals(data);
  const blobs = blobBytes(new BlobFolder(data.folder));
  const size = await data.store.size();
  const projects: ProjectSize[] = [];
  for (const project of await data.store.listProjects()) {
    projects.push(await measureProject(data, project, size, blobs));
  }
  const bytes = measureFolder(data.folder.storePath);
  const unsent = await measureUnsent(data.folder.root);
  if (options.json) {
    await terminal.print(
      jsonDocument({
        dir: data.folder.root,
        bytes,
        store_bytes: size.bytes,
        num_journals: journals.count,
        journal_bytes: journals.bytes,
        num_blobs: blobs.perBlob.size,
        blob_bytes: blobs.readyBytes + blobs.pendingBytes,
        pending_blob_bytes: blobs.pendingBytes,
        unsent: unsent.map(({ serverUrl, count, bytes: unsentBytes }) => ({
          server_url: serverUrl,
          num_journals: count,
          bytes: unsentBytes,
        })),
        projects: projects.map(({ project, pointCount, storeBytes, mediaBytes }) => ({
          name: project.name,
          num_runs: project.runCount,
          num_points: pointCount,
          bytes: storeBytes,
          blob_bytes: mediaBytes,
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
      ...unsent.map((rest): [string, string] => ["Not sent yet", describeUnsent(rest)]),
    ]),
  );
  if (projects.length === 0) terminal.note("No project has been logged there yet.\n");
  else await terminal.print(`\n${toTable(projects, terminal.width)}`);
}

function describeBlobs({ readyBytes, pendingBytes, perBlob }: BlobBytes): string {
  const count = formatQuantity(perBlob.size, "blob");
  const all = `${formatBytes(readyBytes + pendingBytes)} in ${count}`;
  return pendingBytes === 0 ? all : `${all}; ${formatBytes(pendingBytes)} of it to be encoded`;
}

function toTable(projects: readonly ProjectSize[], width?: number): string {
  return formatTable(
    [
      { title: "Project", canShrink: true },
      { title: "Runs", align: "right" },
      { title: "Points", align: "right" },
      { title: "Store", align: "right" },
      { title: "Media", align: "right" },
    ],
    projects
      .toSorted((a, b) => b.storeBytes + b.mediaBytes - a.storeBytes - a.mediaBytes)
      .map(({ project, pointCount, storeBytes, mediaBytes }) => [
        project.name,
        formatCount(project.runCount),
        formatCount(pointCount),
        formatBytes(storeBytes),
        formatBytes(mediaBytes),
      ]),
    width,
  );
}

async function measureProject(
  { store }: OpenData,
  project: ProjectInfo,
  size: StoreSize,
  { perBlob }: BlobBytes,
): Promise<ProjectSize> {
  const inStore = size.projects.find(({ key }) => key === project.key);
  let mediaBytes = 0;
  for await (const page of store.listBlobs(project.key)) {
    for (const blob of page) mediaBytes += perBlob.get(blob) ?? 0;
  }
  const { pointCount = 0, bytes: storeBytes = 0 } = inStore ?? {};
  return { project, pointCount, storeBytes, mediaBytes };
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

async function measureUnsent(root: string): Promise<UnsentTotals[]> {
  const totals = new Map<string, UnsentTotals>();
  for (const { route, unsentBytes } of await listUnsentJournals(root)) {
    const { serverUrl } = route;
    const { count, bytes } = totals.get(serverUrl) ?? { count: 0, bytes: 0 };
    totals.set(serverUrl, { serverUrl, count: count + 1, bytes: bytes + unsentBytes });
  }
  return [...totals.values()];
}

function describeUnsent({ serverUrl, count, bytes }: UnsentTotals): string {
  const what = `${formatBytes(bytes)} of ${formatQuantity(count, "journal")}, and media that they name`;
  return `${what}, to ${serverUrl}; trackio sync sends it`;
}

/** Bytes of all files below a folder; 0 where it is not there. */
function measureFolder(path: string): number {
  if (!existsSync(path)) return 0;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false }))
    .reduce((sum, stats) => sum + (stats?.size ?? 0), 0);
}

/**
 * The server's read API as functions. Every read ends within two tries of 10
 * seconds each; what fails, fails with a sentence that may be shown as it is.
 */

import type {
  FileList,
  MediaItems,
  MediaItemsQuery,
  MediaOfKey,
  MediaSteps,
  MediaTable,
  MetricsQuery,
  MetricTable,
  ProjectList,
  Run,
  RunList,
  SeriesRequest,
  TableQuery,
  TableRows,
} from "../../../src/protocol/api.ts";
import type { SeriesFrame } from "../../../src/protocol/series-frame.ts";
import { decodeSeriesFrame } from "../../../src/protocol/series-frame-codec.ts";

/** A read that did not succeed. */
export class ReadError extends Error {
  /** The server could not be reached: not the request is at fault, and trying again may help. */
  readonly isOffline: boolean;
  /** The server's own word, e.g. `not_found`; absent where it was not the server that refused. */
  readonly code: string | undefined;

  constructor(message: string, options: { isOffline?: boolean; code?: string | undefined } = {}) {
    super(message);
    this.name = "ReadError";
    this.isOffline = options.isOffline ?? false;
    this.code = options.code;
  }
}

const TIMEOUT_MS = 10_000;

export async function fetchProjects(signal?: AbortSignal): Promise<ProjectList> {
  return readJson<ProjectList>("projects", {}, signal);
}

export async function fetchRuns(project: string, signal?: AbortSignal): Promise<RunList> {
  return readJson<RunList>(`projects/${encodeURIComponent(project)}/runs`, {}, signal);
}

export async function fetchRun(project: string, run: string, signal?: AbortSignal): Promise<Run> {
  const path = `projects/${encodeURIComponent(project)}/runs/${encodeURIComponent(run)}`;
  return readJson<Run>(path, {}, signal);
}

export async function fetchMetrics(
  project: string,
  query: MetricsQuery,
  signal?: AbortSignal,
): Promise<MetricTable> {
  const path = `projects/${encodeURIComponent(project)}/metrics`;
  return readJson<MetricTable>(path, post(query), signal);
}

export async function fetchSeries(
  project: string,
  request: SeriesRequest,
  signal?: AbortSignal,
): Promise<SeriesFrame> {
  const path = `projects/${encodeURIComponent(project)}/series`;
  const bytes = await read(path, post(request), (response) => response.arrayBuffer(), signal);
  try {
    return decodeSeriesFrame(new Uint8Array(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ReadError(
      `The server's answer cannot be read (${reason}). Load the page again: it may be older than the server.`,
    );
  }
}

/** What pictures, videos, sounds and tables `runs` have, by key. */
export async function fetchMedia(
  project: string,
  runs: readonly string[],
  signal?: AbortSignal,
): Promise<MediaTable> {
  return readJson<MediaTable>(projectPath(project, "media"), post({ runs }), signal);
}

/** The steps at which `runs` logged a key. */
export async function fetchMediaSteps(
  project: string,
  query: MediaOfKey,
  signal?: AbortSignal,
): Promise<MediaSteps> {
  return readJson<MediaSteps>(projectPath(project, "media/steps"), post(query), signal);
}

/** The media of a key, newest step first. */
export async function fetchMediaItems(
  project: string,
  query: MediaItemsQuery,
  signal?: AbortSignal,
): Promise<MediaItems> {
  return readJson<MediaItems>(projectPath(project, "media/items"), post(query), signal);
}

/** Rows of a table, sorted and filtered by the server. */
export async function fetchTable(
  project: string,
  query: TableQuery,
  signal?: AbortSignal,
): Promise<TableRows> {
  return readJson<TableRows>(projectPath(project, "table"), post(query), signal);
}

/** What `save()` kept with the project. */
export async function fetchFiles(project: string, signal?: AbortSignal): Promise<FileList> {
  return readJson<FileList>(projectPath(project, "files"), {}, signal);
}

/** Which bytes: a blob, and where a Trackio client keeps its file if it is one of those. */
export interface BlobName {
  readonly blob: string;
  readonly path?: string | undefined;
}

/** Where the bytes of a blob are; with a name, as a download of that name. */
export function blobUrl({ blob, path }: BlobName, name?: string): string {
  const url = apiUrl(`blobs/${blob}`);
  if (path !== undefined) url.searchParams.set("path", path);
  if (name !== undefined) url.searchParams.set("name", name);
  return url.href;
}

/** Where a blob stands that an element could not load. */
export type BlobStanding =
  | { readonly state: "ready" }
  | { readonly state: "waiting"; readonly reason: string; readonly afterMs: number }
  | { readonly state: "unreachable" }
  | { readonly state: "failed"; readonly reason: string };

/** Asks why a blob did not load: an element is not told. */
export async function askBlob(name: BlobName, signal: AbortSignal): Promise<BlobStanding> {
  let response: Response;
  try {
    response = await fetch(blobUrl(name), { headers: { range: "bytes=0-0" }, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return { state: "unreachable" };
  }
  if (response.ok) {
    await response.body?.cancel();
    return { state: "ready" };
  }
  const { message } = await refusal(response);
  if (response.status !== 503) return { state: "failed", reason: message };
  const afterMs = Number(response.headers.get("retry-after") ?? 0) * 1000;
  return { state: "waiting", reason: message, afterMs: Number.isFinite(afterMs) ? afterMs : 0 };
}

function projectPath(project: string, rest: string): string {
  return `projects/${encodeURIComponent(project)}/${rest}`;
}

/** The full address of a path below `/api/v1/`, wherever the page is served from. */
export function apiUrl(path: string): URL {
  return new URL(`api/v1/${path}`, document.baseURI);
}

function post(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

async function readJson<T>(path: string, init: RequestInit, signal?: AbortSignal): Promise<T> {
  const text = await read(path, init, (response) => response.text(), signal);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ReadError(
      "What answers at this address is not trackio. Open the link that trackio show prints.",
    );
  }
}

async function read<T>(
  path: string,
  init: RequestInit,
  take: (response: Response) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const first = await attempt(path, init, take, signal);
  const taken = first ?? (await attempt(path, init, take, signal));
  if (taken === undefined) {
    throw new ReadError("The server took longer than 10 s, twice. Read again, or show fewer runs.");
  }
  return taken.body;
}

/** One try, from the question to the last byte of the answer; undefined where it took too long. */
async function attempt<T>(
  path: string,
  init: RequestInit,
  take: (response: Response) => Promise<T>,
  signal?: AbortSignal,
): Promise<{ readonly body: T } | undefined> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    const response = await fetch(apiUrl(path), { ...init, signal: either });
    if (!response.ok) throw await refusal(response);
    return { body: await take(response) };
  } catch (error) {
    if (signal?.aborted || error instanceof ReadError) throw error;
    if (timeout.aborted) return undefined;
    throw new ReadError("The server cannot be reached. Start it again with: trackio show", {
      isOffline: true,
    });
  }
}

async function refusal(response: Response): Promise<ReadError> {
  const text = await response.text().catch(() => "");
  try {
    const body = JSON.parse(text) as { error?: { code?: string; message?: string } };
    if (body.error?.message) return new ReadError(body.error.message, { code: body.error.code });
  } catch {
    // Not our server's words: the status says what there is to say.
  }
  return new ReadError(
    `The server answered ${response.status} ${response.statusText}. Look into its terminal for the reason.`,
  );
}

/** What a store tells of media, files and blobs: the part of `Store` that law 9 there speaks of. */

import type { ProjectKey, RunId } from "../protocol/ids.ts";
import type {
  BlobHash,
  MediaKind,
  MediaRef,
  SavedFile,
  TableColumn,
  TablePart,
} from "../protocol/media.ts";

/** All that is known of the media of one kind under one key of one run. A list of pictures logged at once is one record with several items. */
export interface MediaSummary {
  readonly run: RunId;
  readonly key: string;
  readonly kind: MediaKind;
  readonly itemCount: number;
  /** Different steps that have some. */
  readonly stepCount: number;
  /** Items of the step that has most. */
  readonly mostAtOnce: number;
  /** Lowest and highest; numbers, rounded beyond 2^53. */
  readonly firstStep: number;
  readonly lastStep: number;
  /** The highest, in epoch milliseconds. */
  readonly lastTime: number;
}

/** One picture, video, sound or table. */
export interface MediaItem {
  readonly run: RunId;
  readonly key: string;
  readonly step: number;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Place among the items of its step, from 0: by writer, record, and place in the list logged. */
  readonly index: number;
  readonly media: MediaRef;
}

export interface MediaQuery {
  readonly project: ProjectKey;
  readonly key: string;
  readonly kind: MediaKind;
  readonly runs: readonly RunId[];
  /** Inclusive bounds on the step; absent: all. */
  readonly from?: number;
  readonly to?: number;
  /** 1 to 10,000. A step of a run is never cut, so that an answer may be longer by what its last step has. */
  readonly limit: number;
  /** Only what lies below this step: the last one of the page before. */
  readonly before?: number;
}

/** A table as it stood at a step: all its parts, in order. */
export interface LoggedTable {
  readonly run: RunId;
  readonly step: number;
  readonly time: number;
  readonly columns: readonly TableColumn[];
  readonly parts: readonly TablePart[];
  readonly caption?: string;
  /** Rows that earlier records would have had, but are not there, e.g. because their lines were damaged. */
  readonly missingRows: number;
}

export interface ProjectFile extends SavedFile {
  /** Epoch milliseconds at which it was saved last. */
  readonly time: number;
}

/** The part of a {@link Store} that speaks of media, files and blobs. */
export interface MediaReads {
  /** By run as asked, then key as first logged. */
  listMedia(project: ProjectKey, runs: readonly RunId[]): Promise<readonly MediaSummary[]>;
  /** The steps that have media under the key, rising, each once; runs without any are left out. */
  readMediaSteps(
    query: Pick<MediaQuery, "project" | "key" | "kind" | "runs">,
  ): Promise<readonly { readonly run: RunId; readonly steps: Float64Array }[]>;
  /** Newest step first; within a step by run as asked, then by index. */
  readMedia(query: MediaQuery): Promise<readonly MediaItem[]>;
  /** The newest table of the run under `key` at the highest step up to `step` (absent: the highest); of several at that step the last, or the one at `index`. */
  findTable(
    project: ProjectKey,
    run: RunId,
    key: string,
    options?: { readonly step?: number; readonly index?: number },
  ): Promise<LoggedTable | undefined>;
  /** By path. */
  listFiles(project: ProjectKey): Promise<readonly ProjectFile[]>;

  /** Blobs that the run, or all runs and files of the project, refer to, each once, in pages. */
  listBlobs(project: ProjectKey, run?: RunId): AsyncIterable<readonly BlobHash[]>;
  /** Those of `blobs` that nothing in the store refers to, in the order given. */
  unusedBlobs(blobs: readonly BlobHash[]): Promise<readonly BlobHash[]>;
}

import type { DataFolder } from "../journal/data-folder.ts";
import type { Access } from "./access/access.ts";
import type { BlobSource } from "./blobs/blob-source.ts";
import type { LiveFeed } from "./live/live-feed.ts";
import type { Reader } from "./reading/question.ts";
import type { AcceptedWrites } from "./trackio-api/accepted-writes.ts";
import type { TrackioWrites } from "./trackio-api/trackio-writes.ts";

/** What the routes stand on. */
export interface ServerContext {
  /** Where journals and blobs lie that clients write. */
  readonly folder: DataFolder;
  readonly reader: Reader;
  readonly blobs: BlobSource;
  readonly feed: LiveFeed;
  /** Who may write; whoever asks a route has been found to be allowed to read. */
  readonly access: Access;
  /** What clients' writes are noted in, so that reads after them see them. */
  readonly accepted: AcceptedWrites;
  /** Takes what Trackio clients write. */
  readonly trackio: TrackioWrites;
  /** Runs that run now, by project. */
  readonly running: () => { readonly [project: string]: number };
  /** This package's version. */
  readonly version: string;
  /** Takes one line for whoever runs the server. */
  readonly log: (line: string) => void;
}

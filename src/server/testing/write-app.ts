/** The server's routes without socket and threads, on a data folder of their own; the write token is `w`. */

import type { DataFolder } from "../../journal/data-folder.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { MemoryStore } from "../../store/memory/memory-store.ts";
import { TokenAccess } from "../access/access.ts";
import { createApp } from "../app.ts";
import { BlobSource } from "../blobs/blob-source.ts";
import { DashboardFiles } from "../dashboard-files.ts";
import { LiveFeed } from "../live/live-feed.ts";
import { AcceptedWrites } from "../trackio-api/accepted-writes.ts";
import { TrackioWrites } from "../trackio-api/trackio-writes.ts";
import { LocalReader } from "./local-reader.ts";

/** What a body may be. */
export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** Asks as a sender does, with the token unless `headers` says otherwise. */
export type Ask = (
  method: string,
  path: string,
  body?: Body,
  headers?: { readonly [name: string]: string },
) => Promise<{ readonly status: number; readonly body: unknown }>;

export function writeApp(folder: DataFolder): Ask {
  const blobs = new BlobFolder(folder);
  const app = createApp(
    {
      folder,
      reader: new LocalReader({ store: new MemoryStore(), blobs, statusOf: () => "lost" }),
      feed: new LiveFeed(),
      access: new TokenAccess({ write: "w" }),
      blobs: new BlobSource(blobs, { makeSoon: async () => undefined }),
      accepted: new AcceptedWrites(async () => true),
      trackio: new TrackioWrites(folder, () => undefined),
      running: () => ({}),
      version: "1.2.3",
      log: (line) => {
        throw new Error(line);
      },
    },
    { dashboard: new DashboardFiles(folder.root), allowedHosts: [] },
  );
  return async (method, path, body, headers = { "x-trackio-write-token": "w" }) => {
    const given = body === undefined ? {} : { body, duplex: "half" as const };
    const response = await app.request(path, { method, headers, ...given });
    return { status: response.status, body: await response.json() };
  };
}

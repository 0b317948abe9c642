/** The server of one data folder: folds what is logged, answers what is asked, tells what changes. */

import type { Server } from "node:http";
import { availableParallelism, hostname } from "node:os";
import type { FoldNews } from "../ingest/fold-loop.ts";
import type { FoldChange } from "../ingest/fold-report.ts";
import { FoldWorker } from "../ingest/fold-worker.ts";
import { DataFolder } from "../journal/data-folder.ts";
import { BlobFolder } from "../media/blob-folder.ts";
import type { ReadingEvent } from "../protocol/api.ts";
import { type AccessTokens, TokenAccess } from "./access/access.ts";
import { allowedHostsOf } from "./access/allowed-hosts.ts";
import { CONNECTION_LIMITS, closeSilentConnections } from "./access/connection-limits.ts";
import { findTokens, type TokenOptions } from "./access/find-tokens.ts";
import { AskedMaker } from "./blobs/asked-maker.ts";
import { BlobSource } from "./blobs/blob-source.ts";
import { DashboardFiles } from "./dashboard-files.ts";
import { listen, urlOf } from "./listen.ts";
import { LiveFeed, type RunChange } from "./live/live-feed.ts";
import { DASHBOARD_DIR, readPackageVersion } from "./package-files.ts";
import { ReaderPool } from "./reading/reader-pool.ts";
import { removeServerFile, type ServerFile, writeServerFile } from "./server-file.ts";
import { AcceptedWrites } from "./trackio-api/accepted-writes.ts";

export interface ServerOptions extends TokenOptions {
  /** The data folder; made where it is not there. */
  readonly root: string;
  /** Address to listen at; 127.0.0.1 unless told. */
  readonly host?: string;
  /** Exactly this port, 0 for any free one; undefined: 7860 or the next free one. */
  readonly port?: number;
  /** The built dashboard; this package's own unless told. */
  readonly dashboardDir?: string;
  /** Names besides addresses, `localhost` and `host` that requests may call the server by. */
  readonly allowedHosts?: readonly string[];
  /** Told about the first reading of a folder that Trackio for Python wrote, in rows; at the end `done` is `total`. */
  readonly onReading?: (reading: ReadingEvent) => void;
  /** Takes one line for whoever runs the server; standard error unless told. */
  readonly log?: (line: string) => void;
}

export interface RunningServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** What opens writing, and reading where it is closed. */
  readonly tokens: AccessTokens;
  /** Ends threads, sockets and timers. */
  close(): Promise<void>;
}

/**
 * Starts a server and returns when it can be asked.
 * @throws {@link TrackioError} `unavailable` where the port is taken, `invalid_argument` for a token that no link can hold; of the store where the data folder cannot be opened.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { root, host = "127.0.0.1", log = (line) => process.stderr.write(`${line}\n`) } = options;
  const feed = new LiveFeed();
  let running: { readonly [project: string]: number } = {};
  const onNews = (news: FoldNews) => {
    if (news.news === "running") running = news.counts;
    else if (news.news === "changes") publish(feed, news.changes);
    else if (news.news === "project") feed.publish(news.project, []);
    else if (news.news === "reading") {
      const { done, total } = news;
      feed.publishReading({ done, total });
      options.onReading?.({ done, total });
    } else log(news.news === "skipped" ? news.journal.reason : `Folding: ${news.message}`);
  };
  const reader = new ReaderPool(root, Math.max(2, Math.min(4, availableParallelism() - 1)));
  reader.warmUp();
  // The threads begin while the libraries are loaded: a third of the time to the first answer.
  const [folding, { createApp }, { TrackioWrites }, { createAdaptorServer }] = await Promise.all([
    FoldWorker.start(root, onNews),
    import("./app.ts"),
    import("./trackio-api/trackio-writes.ts"),
    import("@hono/node-server"),
  ]).catch(async (error: unknown) => {
    await reader.close();
    throw error;
  });
  // Behind the store: that says more of a folder that cannot be written to.
  let tokens: AccessTokens;
  try {
    tokens = findTokens(root, options);
  } catch (error) {
    await Promise.all([reader.close(), folding.close()]);
    throw error;
  }
  const maker = new AskedMaker(root);
  const blobs = new BlobSource(BlobFolder.at(root), maker);
  const folder = new DataFolder(root);
  const trackio = new TrackioWrites(folder, log);
  const accepted = new AcceptedWrites((limitMs) => folding.catchUp(limitMs));
  // What stood on disk before is read like what was accepted.
  accepted.note();
  const context = {
    folder,
    reader,
    blobs,
    feed,
    access: new TokenAccess(tokens),
    accepted,
    trackio,
    running: () => running,
    version: readPackageVersion(),
    log,
  };
  const app = createApp(context, {
    dashboard: new DashboardFiles(options.dashboardDir ?? DASHBOARD_DIR),
    allowedHosts: allowedHostsOf(host, options.allowedHosts),
  });
  const http = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: CONNECTION_LIMITS,
  }) as Server;
  closeSilentConnections(http);
  const closeThreads = async () => {
    await Promise.all([reader.close(), folding.close(), maker.close()]);
  };
  let port: number;
  try {
    port = await listen(http, host, options.port);
  } catch (error) {
    await closeThreads();
    throw error;
  }
  trackio.uploads.watch();
  const url = urlOf(host, port);
  const file: ServerFile = { url, pid: process.pid, host: hostname(), startedAt: Date.now() };
  writeServerFile(root, file);
  const close = once(async () => {
    removeServerFile(root, file);
    feed.close();
    const closed = new Promise((resolve) => http.close(resolve));
    http.closeAllConnections();
    await closed;
    // What was taken in last is ended first, so that the next server knows that it is whole.
    await trackio.close();
    await closeThreads();
  });
  return { url, port, tokens, close, [Symbol.asyncDispose]: close };
}

function publish(feed: LiveFeed, changes: readonly FoldChange[]): void {
  for (const [project, ofProject] of Map.groupBy(changes, (change) => change.project)) {
    const runs = ofProject.map(
      ({ run, from, newKeys, media, facts }): RunChange => ({
        id: run,
        ...from,
        newKeys,
        ...(media && { media }),
        facts,
      }),
    );
    feed.publish(project, runs);
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
}

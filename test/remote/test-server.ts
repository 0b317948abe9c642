/** A server with a data folder of its own, at one address: it can be away and come back. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Folder } from "../../src/ingest/folder.ts";
import { openStoreForFolding } from "../../src/ingest/open-store.ts";
import { DataFolder } from "../../src/journal/data-folder.ts";
import { BlobFolder } from "../../src/media/blob-folder.ts";
import { BlobMaker } from "../../src/media/blob-maker.ts";
import { type RunningServer, startServer } from "../../src/server/start-server.ts";
import type { Row, RunInfo } from "../../src/store/store.ts";
import { freePort } from "../python/free-port.ts";

/** A run as a store has it. */
export interface StoredRun {
  readonly run: RunInfo;
  readonly rows: readonly Row[];
}

export class TestServer implements AsyncDisposable {
  readonly folder: DataFolder;
  readonly port: number;
  readonly token = "the-token-of-the-test";
  /** What it has said. */
  readonly said: string[] = [];
  #server: RunningServer | undefined;

  /** One that is away. */
  static async create(): Promise<TestServer> {
    return new TestServer(await freePort());
  }

  static async start(): Promise<TestServer> {
    const server = await TestServer.create();
    await server.start();
    return server;
  }

  private constructor(port: number) {
    this.folder = new DataFolder(mkdtempSync(join(tmpdir(), "trackio-remote-")));
    this.port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The link that a person copies: with the token. */
  get link(): string {
    return `${this.url}/?write_token=${this.token}`;
  }

  get env(): { readonly TRACKIO_SERVER_URL: string } {
    return { TRACKIO_SERVER_URL: this.link };
  }

  async start(): Promise<void> {
    this.#server = await startServer({
      root: this.folder.root,
      port: this.port,
      writeToken: this.token,
      log: (line) => this.said.push(line),
    });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.folder.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Folds what lies in a data folder, and gives all runs of a project, oldest first. */
export async function readStored(folder: DataFolder, project = "p"): Promise<StoredRun[]> {
  const { store } = await openStoreForFolding(folder.root);
  try {
    await new Folder(folder, store).foldAll();
    const stored: StoredRun[] = [];
    for (const run of (await store.listRuns(project as RunInfo["projectKey"])).toReversed()) {
      const rows: Row[] = [];
      for await (const page of store.readRows(run.projectKey, run.id)) rows.push(...page);
      stored.push({ run, rows });
    }
    return stored;
  } finally {
    await store.close();
  }
}

/** Makes what is pending, and gives the state of every blob that is named in the folder's rows. */
export async function makeAll(folder: DataFolder): Promise<BlobFolder> {
  const blobs = new BlobFolder(folder);
  await new BlobMaker(blobs).makePending({ olderThanMs: 0 });
  return blobs;
}

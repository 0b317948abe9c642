/** A server of its own on a data folder of its own, and a client of the wire protocol; both gone after the test. */

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { DataFolder } from "../../../journal/data-folder.ts";
import { type RunningServer, startServer } from "../../start-server.ts";

export const TOKEN = "the-token";

export interface CallAnswer {
  readonly status: number;
  readonly text: string;
  /** Undefined where the answer has none. */
  readonly data?: unknown;
  readonly error?: string;
}

export class TrackioServer {
  readonly folder: DataFolder;
  /** Lines that the server said. */
  readonly said: string[] = [];
  #server: RunningServer | undefined;

  static async start(): Promise<TrackioServer> {
    const root = mkdtempSync(join(tmpdir(), "trackio-test-"));
    const server = new TrackioServer(new DataFolder(root));
    onTestFinished(async () => {
      await server.stop();
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    });
    await server.start();
    return server;
  }

  private constructor(folder: DataFolder) {
    this.folder = folder;
  }

  get url(): string {
    return this.#server!.url;
  }

  /** Names of the files that were sent and not asked for yet. */
  uploads(): readonly string[] {
    const { uploadsPath } = this.folder;
    return existsSync(uploadsPath) ? readdirSync(uploadsPath) : [];
  }

  async start(): Promise<void> {
    const log = (line: string) => this.said.push(line);
    this.#server = await startServer({ root: this.folder.root, port: 0, writeToken: TOKEN, log });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  /** @param body Text or bytes as they are, anything else as JSON. @param token `null`: none. */
  async call(name: string, body: unknown, token: string | null = TOKEN): Promise<CallAnswer> {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(`${this.url}/api/${name}`, {
      method: "POST",
      body: isRaw ? (body as string) : JSON.stringify(body),
      headers: token === null ? {} : { "x-trackio-write-token": token },
    });
    const text = await response.text();
    const { status } = response;
    return { status, text, ...(text.startsWith("{") ? (JSON.parse(text) as object) : {}) };
  }

  /** What stands behind `data`. Throws where it was refused. */
  async data<Data = unknown>(name: string, body: unknown): Promise<Data> {
    const { status, text, data } = await this.call(name, body);
    if (status !== 200) throw new Error(`${name}: ${status} ${text}`);
    return data as Data;
  }

  /** Sends a file. @returns the path by which it may be named. */
  async upload(bytes: string | Uint8Array<ArrayBuffer>, fileName: string): Promise<string> {
    const form = new FormData();
    form.append("files", new Blob([bytes]), fileName);
    const response = await fetch(`${this.url}/api/upload`, {
      method: "POST",
      body: form,
      headers: { "x-trackio-write-token": TOKEN },
    });
    const { paths } = (await response.json()) as { readonly paths: readonly string[] };
    return paths[0]!;
  }
}

/** An entry of `bulk_log`. */
export function entry(
  metrics: unknown,
  more: { readonly [field: string]: unknown } = {},
): { readonly [field: string]: unknown } {
  return {
    project: "my.proj",
    run: "run A",
    run_id: "a1",
    metrics,
    step: 0,
    config: null,
    ...more,
  };
}

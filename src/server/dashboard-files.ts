/**
 * The built dashboard, held in memory: a few hundred kilobytes, so that no
 * path of a request ever reaches the disk. Read again when a build replaced it.
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

export interface DashboardFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly etag: string;
  /** Its name has a hash of its content in it. */
  readonly isImmutable: boolean;
  /** For the page: what may run inside it. */
  readonly scriptHashes: readonly string[];
}

const CONTENT_TYPES: { readonly [extension: string]: string } = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

export class DashboardFiles {
  readonly #dir: string;
  #files = new Map<string, DashboardFile>();
  #builtMs: number | undefined;

  /** @param dir Folder of the built dashboard; it need not be there yet. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** The page itself; undefined where it is not built. */
  page(): DashboardFile | undefined {
    this.#refresh();
    return this.#files.get("/index.html");
  }

  /** The file at a URL's path; undefined where there is none. */
  file(path: string): DashboardFile | undefined {
    if (this.#files.size === 0) this.#refresh();
    return this.#files.get(path);
  }

  /** Whether a path names a file by its ending, so that a page would be no answer to it. */
  static isFilePath(path: string): boolean {
    return Object.hasOwn(CONTENT_TYPES, extname(path));
  }

  #refresh(): void {
    const builtMs = statSync(join(this.#dir, "index.html"), { throwIfNoEntry: false })?.mtimeMs;
    if (builtMs === this.#builtMs) return;
    this.#builtMs = builtMs;
    this.#files = builtMs === undefined ? new Map() : readFiles(this.#dir);
  }
}

function readFiles(dir: string): Map<string, DashboardFile> {
  const files = new Map<string, DashboardFile>();
  if (!existsSync(dir)) return files;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = new Uint8Array(readFileSync(path));
    const url = `/${relative(dir, path).split(sep).join("/")}`;
    files.set(url, {
      bytes,
      contentType: CONTENT_TYPES[extname(path)] ?? "application/octet-stream",
      etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
      isImmutable: url.startsWith("/assets/"),
      scriptHashes: url === "/index.html" ? inlineScriptHashes(bytes) : [],
    });
  }
  return files;
}

function inlineScriptHashes(page: Uint8Array): string[] {
  const scripts = Buffer.from(page)
    .toString()
    .matchAll(/<script>([\s\S]*?)<\/script>/g);
  return Array.from(scripts, ([, text]) => {
    return `'sha256-${createHash("sha256").update(text!).digest("base64")}'`;
  });
}

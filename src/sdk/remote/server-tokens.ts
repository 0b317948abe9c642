/**
 * Write tokens that scripts were given, so that `trackio sync` can send on
 * another day what they left: one small file beside the store, which its owner
 * alone can read. Tokens of the environment are not kept; there they stand.
 */

import { readFileSync } from "node:fs";
import type { DataFolder } from "../../journal/data-folder.ts";
import { isMissing } from "../../journal/file-errors.ts";
import { makeFolder } from "../../journal/make-folder.ts";
import { replaceFile } from "../../journal/replace-file.ts";

/** By the server's address, as `ServerAddress.url`. */
type Tokens = { readonly [url: string]: string };

/** The token that was last kept for the server; undefined for none. */
export function recallToken(folder: DataFolder, url: string): string | undefined {
  const tokens = readTokens(folder.serverTokensFile);
  return Object.hasOwn(tokens, url) ? tokens[url] : undefined;
}

/** Keeps the token for the server. @throws the system's error. */
export function rememberToken(folder: DataFolder, url: string, token: string): void {
  const path = folder.serverTokensFile;
  const tokens = readTokens(path);
  if (Object.hasOwn(tokens, url) && tokens[url] === token) return;
  makeFolder(folder.storePath);
  replaceFile(path, `${JSON.stringify({ ...tokens, [url]: token })}\n`, 0o600);
}

function readTokens(path: string): Tokens {
  try {
    const tokens: unknown = JSON.parse(readFileSync(path, "utf8"));
    const entries = typeof tokens === "object" && tokens !== null ? Object.entries(tokens) : [];
    return Object.fromEntries(entries.filter(([, token]) => typeof token === "string"));
  } catch (error) {
    // Torn by a power cut: the script or the environment tells the token again.
    if (isMissing(error) || error instanceof SyntaxError) return {};
    throw error;
  }
}

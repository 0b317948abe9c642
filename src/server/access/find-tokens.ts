/**
 * Where a server's tokens come from: the option, the environment, else a file of
 * our folder that is made once, so that links and scripts go on working when
 * the server starts again. Only its owner can read such a file.
 */

import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrackioError } from "../../protocol/errors.ts";
import type { AccessTokens } from "./access.ts";

export interface TokenOptions {
  /** Else `TRACKIO_WRITE_TOKEN`, else the one of the data folder, `store/write-token`. */
  readonly writeToken?: string;
  /** `true`: `TRACKIO_READ_TOKEN`, else the one of the data folder, `store/read-token`. Absent: reading needs `TRACKIO_READ_TOKEN` where that is set. */
  readonly readToken?: string | true;
}

const TOKEN_BYTES = 32;
const MAX_LENGTH = 512;

/** @throws {@link TrackioError} `invalid_argument` for a token that a header cannot hold; `unavailable` where a file cannot be read or made. */
export function findTokens(
  root: string,
  options: TokenOptions,
  env: NodeJS.ProcessEnv = process.env,
): AccessTokens {
  const write =
    given("writeToken", options.writeToken) ??
    given("TRACKIO_WRITE_TOKEN", env.TRACKIO_WRITE_TOKEN) ??
    keptToken(root, "write-token");
  const { readToken } = options;
  const read =
    (typeof readToken === "string" ? given("readToken", readToken) : undefined) ??
    given("TRACKIO_READ_TOKEN", env.TRACKIO_READ_TOKEN) ??
    (readToken === true ? keptToken(root, "read-token") : undefined);
  return read === undefined ? { write } : { write, read };
}

function given(place: string, token: string | undefined): string | undefined {
  if (token === undefined || token === "") return undefined;
  // What a header, a cookie and a link can all hold.
  if (/^[\x21-\x7e]+$/.test(token) && !/[",;\\]/.test(token) && token.length <= MAX_LENGTH) {
    return token;
  }
  throw new TrackioError(
    "invalid_argument",
    `${place} is no token that a link and a header can hold; give 1 to ${MAX_LENGTH} letters, digits, "-" and "_".`,
  );
}

/** The token in the file, made where there is none. Two servers that start at once get the same one. */
function keptToken(root: string, name: string): string {
  const path = join(root, "store", name);
  try {
    mkdirSync(join(root, "store"), { recursive: true });
    return readToken(path) ?? makeToken(path);
  } catch (cause) {
    if (cause instanceof TrackioError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The token in ${path} cannot be read or made (${reason}); see to the rights of the folder.`;
    throw new TrackioError("unavailable", message, { cause });
  }
}

function readToken(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  closeToOthers(path);
  const token = given(`The text in ${path}`, text);
  if (token !== undefined) return token;
  throw new TrackioError("unavailable", `${path} is empty; remove it, and a new token is made.`);
}

/** A file that was copied or unpacked may have got wider rights; whose file it is not, cannot change them. */
function closeToOthers(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

function makeToken(path: string): string {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${token}\n`, { mode: 0o600, flag: "wx" });
  try {
    // Whole or not at all, and only where there is none yet.
    linkSync(draft, path);
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return readToken(path) ?? token;
  } finally {
    rmSync(draft, { force: true });
  }
}

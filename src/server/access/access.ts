/**
 * Who may write to this server, and who may read from it. Writing needs the
 * write token, which comes, as with Trackio for Python, in a header, a cookie or
 * a query parameter: the first of them that is there decides, even if it is
 * wrong. Reading is open unless the server has a read token.
 *
 * Law: a page of another origin can do nothing with what a person's browser
 * holds. A cookie counts only for a script of our own page, and a header needs
 * the browser's leave, which it asks the server for first.
 */

import { TrackioError } from "../../protocol/errors.ts";
import {
  isAskedByScript,
  isForFrame,
  isFromOtherPage,
  readCookie,
  readParameter,
} from "./request-facts.ts";
import { Secret } from "./secret.ts";

export const WRITE_TOKEN_HEADER = "x-trackio-write-token";
export const READ_TOKEN_HEADER = "x-trackio-read-token";
export const WRITE_TOKEN_COOKIE = "trackio_write_token";
export const READ_TOKEN_COOKIE = "trackio_read_token";
export const WRITE_TOKEN_PARAMETER = "write_token";
export const READ_TOKEN_PARAMETER = "read_token";

/** The tokens of a server. */
export interface AccessTokens {
  readonly write: string;
  /** Absent: all who reach the server may read. */
  readonly read?: string;
}

export interface Access {
  /** What a browser is given to keep that may read; undefined where all may. */
  readonly readToken: string | undefined;
  /** Whether the request may change what is kept. Every route that changes something asks. */
  mayWrite(request: Request): boolean;
  /** Whether the request may see what is kept. Asked for all routes in one place: `guard.ts`. */
  mayRead(request: Request): boolean;
}

/** @throws {@link TrackioError} `forbidden` where the request may not write; for routes of our own API. */
export function checkMayWrite(access: Access, request: Request): void {
  if (access.mayWrite(request)) return;
  throw new TrackioError(
    "forbidden",
    `Writing needs this server's write token, in the header ${WRITE_TOKEN_HEADER}; \`trackio show\` prints it in its link, TRACKIO_WRITE_TOKEN sets it.`,
  );
}

export class TokenAccess implements Access {
  readonly readToken: string | undefined;
  readonly #write: Secret;
  readonly #read: Secret | undefined;

  constructor(tokens: AccessTokens) {
    this.readToken = tokens.read;
    this.#write = new Secret(tokens.write);
    this.#read = tokens.read === undefined ? undefined : new Secret(tokens.read);
  }

  mayWrite(request: Request): boolean {
    const inHeader = request.headers.get(WRITE_TOKEN_HEADER);
    if (inHeader !== null) return this.#write.isSame(inHeader);
    if (isFromOtherPage(request)) return false;
    const inCookie = readCookie(request, WRITE_TOKEN_COOKIE);
    if (inCookie !== undefined) {
      return isAskedByScript(request) && isInCookie(this.#write, inCookie);
    }
    const inQuery = readParameter(request, WRITE_TOKEN_PARAMETER);
    return inQuery !== undefined && !isForFrame(request) && this.#write.isSame(inQuery);
  }

  mayRead(request: Request): boolean {
    const read = this.#read;
    if (read === undefined) return true;
    return (
      isGiven(request, read, READ_TOKEN_HEADER, READ_TOKEN_COOKIE, READ_TOKEN_PARAMETER) ||
      isGiven(request, this.#write, WRITE_TOKEN_HEADER, WRITE_TOKEN_COOKIE, WRITE_TOKEN_PARAMETER)
    );
  }
}

/** For reading, whose answers a browser gives to our own page alone: wherever the right token stands. */
function isGiven(
  request: Request,
  secret: Secret,
  header: string,
  cookie: string,
  parameter: string,
): boolean {
  const inHeader = request.headers.get(header);
  const inCookie = readCookie(request, cookie);
  const inQuery = isForFrame(request) ? undefined : readParameter(request, parameter);
  return (
    (inHeader !== null && secret.isSame(inHeader)) ||
    (inCookie !== undefined && isInCookie(secret, inCookie)) ||
    (inQuery !== undefined && secret.isSame(inQuery))
  );
}

/** Trackio's page writes cookies percent-encoded; other clients write them as they are. */
function isInCookie(secret: Secret, cookie: string): boolean {
  if (secret.isSame(cookie)) return true;
  try {
    return secret.isSame(decodeURIComponent(cookie));
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

/** Where a server is, and the token that lets a script write there: told together, kept apart. */

/** An address without the token: what may be shown, logged and kept. */
export interface ServerAddress {
  /** With its path, where it has one; without a slash at its end, query and fragment. Names the server for ever. */
  readonly url: string;
  /** A secret: from the address itself (`?write_token=`). */
  readonly token?: string;
}

const TOKEN_PARAMETER = "write_token";

/** The address in `text`; undefined where it is none that a script can send to. */
export function parseServerAddress(text: string): ServerAddress | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname, searchParams, username, password } = new URL(text);
  // A name and a password would be a second secret, with nowhere to be kept.
  if (username !== "" || password !== "") return undefined;
  const url = origin + pathname.replace(/\/+$/, "");
  const token = searchParams.get(TOKEN_PARAMETER);
  return token === null || token === "" ? { url } : { url, token };
}

/** What may be shown of an address that is none: no secret that it may hold. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/(write_token=)[^&#]*/gi, "$1…")
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1…@");
}

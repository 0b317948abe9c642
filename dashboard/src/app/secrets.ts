/**
 * The link that the server prints brings a right to write. It is taken out of the
 * address before anything else is done, so that no link, log or neighbour gets
 * to see it, and kept as a cookie under the name that Trackio for Python has. A
 * page in a frame stays without: what others put around it could be laid over it.
 */

import { SECRETS } from "../state/url-state.ts";
import { isFramed } from "./framed.ts";

const KEPT_SECONDS = 7 * 24 * 3600;

export function keepSecrets(): void {
  const address = new URL(location.href);
  if (!SECRETS.some((name) => address.searchParams.has(name))) return;
  const writeToken = address.searchParams.get("write_token");
  if (writeToken && !isFramed) keepWriteToken(writeToken, address.protocol === "https:");
  for (const name of SECRETS) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}

function keepWriteToken(token: string, isSecure: boolean): void {
  const value = encodeURIComponent(token);
  const cookie = `trackio_write_token=${value}; path=/; max-age=${KEPT_SECONDS}; samesite=lax`;
  // biome-ignore lint/suspicious/noDocumentCookie: the other way to set one is for secure pages only
  document.cookie = isSecure ? `${cookie}; secure` : cookie;
}

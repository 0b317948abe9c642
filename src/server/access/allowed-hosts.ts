/**
 * Which names a request may call this server by. A page of another site can
 * make its own name mean 127.0.0.1 and then read what is here as its own
 * (DNS rebinding); the name in the Host header gives it away.
 */

import { isIP } from "node:net";
import { hostname } from "node:os";

/** Whether `hostHeader` is this machine by an address or a name that nobody else can give away. */
export function isAllowedHost(hostHeader: string | undefined, allowed: readonly string[]): boolean {
  const name = hostNameOf(hostHeader);
  if (name === undefined) return false;
  if (isIP(name) !== 0) return true;
  return name === "localhost" || name.endsWith(".localhost") || allowed.includes(name);
}

/** Names that the server at `host` answers to, besides addresses and `localhost`. */
export function allowedHostsOf(host: string, others: readonly string[] = []): string[] {
  const isOpen = host === "0.0.0.0" || host === "::";
  return [host, ...(isOpen ? [hostname()] : []), ...others].map((name) => name.toLowerCase());
}

/** Without port and brackets; undefined where it is no host at all. */
function hostNameOf(hostHeader: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^\s:/?#@[\]]+))(?::\d{1,5})?$/i.exec(hostHeader ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, "");
}

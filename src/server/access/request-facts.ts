/** What a request says of itself that a page of another site cannot make it say. */

/**
 * Whether a browser sent it for a page that is not ours. What is no browser
 * says nothing of this, and counts as ours: it has no cookie that somebody else
 * could make it send.
 */
export function isFromOtherPage(request: Request): boolean {
  const { headers } = request;
  // Browsers write it where an address is trustworthy (https, this machine); no page can.
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  if (origin === null) return false;
  const host = headers.get("host") ?? new URL(request.url).host;
  return hostOf(origin) !== hostOf(`http://${host}`);
}

/** Whether the answer becomes a page inside another page. */
export function isForFrame(request: Request): boolean {
  return /^(iframe|frame|fencedframe|embed|object)$/.test(
    request.headers.get("sec-fetch-dest") ?? "",
  );
}

/** Whether a script asked, or what is no browser: no link that was followed, no form, no picture in a page. */
export function isAskedByScript(request: Request): boolean {
  return (request.headers.get("sec-fetch-dest") ?? "empty") === "empty";
}

/** The first cookie of that name, as it was sent. */
export function readCookie(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at >= 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** The first query parameter of that name, decoded. */
export function readParameter(request: Request, name: string): string | undefined {
  const at = request.url.indexOf("?");
  if (at < 0) return undefined;
  return new URLSearchParams(request.url.slice(at)).get(name) ?? undefined;
}

/** Name and port, without what a browser leaves out; empty where it is no address, as in `Origin: null`. */
function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : "";
}

/**
 * Links of the Trackio dashboard for Python may bring a right to write. This page
 * has no use for one: it is taken out of the address before anything else is
 * done, so that no link, log or neighbour gets to see it. Where writing comes, a
 * page in a frame stays without.
 */

import { SECRETS } from "../state/url-state.ts";

export function forgetSecrets(): void {
  const address = new URL(location.href);
  if (!SECRETS.some((name) => address.searchParams.has(name))) return;
  for (const name of SECRETS) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}

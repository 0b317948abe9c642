/**
 * What is on the screen, for a page that embeds this one or opened it: the window
 * messages of the Trackio dashboard for Python.
 *
 *     ← {protocol: "trackio-view", version: 1, type: "ready", capabilities: ["getState"]}
 *     → {protocol: "trackio-view", type: "getState", id}
 *     ← {protocol: "trackio-view", version: 1, type: "state", id, state}    or type: "error", id, error
 *
 * A dashboard on somebody's own machine tells only pages of that machine: any web
 * page may put it into a frame, and is not to learn the names of projects.
 */

import { onCleanup } from "solid-js";

const PROTOCOL = "trackio-view";
const VERSION = 1;

/** Answers questions for as long as the owner lives. */
export function answerViewMessages(state: () => Readonly<Record<string, unknown>>): void {
  const asking = [window.parent, window.opener as Window | null].filter(
    (one): one is Window => one !== null && one !== window,
  );
  const onMessage = (event: MessageEvent<unknown>) => {
    const asked = event.data as { protocol?: unknown; type?: unknown; id?: unknown } | null;
    if (asked?.protocol !== PROTOCOL || asked.type !== "getState") return;
    if (!mayKnow(event.origin, location)) return;
    const { id } = asked;
    const answer = { protocol: PROTOCOL, version: VERSION, id, ...reply(state) };
    event.source?.postMessage(answer, { targetOrigin: event.origin });
  };
  addEventListener("message", onMessage);
  onCleanup(() => removeEventListener("message", onMessage));
  Object.assign(window, { trackio: { getViewState: state } });
  const ready = { protocol: PROTOCOL, version: VERSION, type: "ready", capabilities: ["getState"] };
  // It says nothing but that this is a trackio page.
  for (const one of asking) one.postMessage(ready, "*");
}

function reply(state: () => Readonly<Record<string, unknown>>) {
  try {
    return { type: "state", state: state() };
  } catch (error) {
    return { type: "error", error: error instanceof Error ? error.message : String(error) };
  }
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/;

/** Whether a page of `origin` may know what `own` shows. */
export function mayKnow(origin: string, own: { origin: string; hostname: string }): boolean {
  if (origin === own.origin) return true;
  if (origin === "null" || origin === "") return false;
  if (!LOOPBACK.test(own.hostname)) return true;
  const { protocol, hostname } = new URL(origin);
  return protocol === "vscode-webview:" || LOOPBACK.test(hostname);
}

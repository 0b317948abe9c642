/**
 * The view as a signal that the address follows, and that follows the address
 * when a person goes back. Going to another page, to all steps of a key or into
 * a picture is a step of the history; what is changed there is not, or Back
 * would have to be pressed a hundred times.
 */

import { type Accessor, createSignal, onCleanup } from "solid-js";
import { formatView, pagePath, parseView, type View } from "./url-state.ts";

export type ChangeView = (change: Partial<View>) => void;

/** The state of a step of the history that was made by opening a picture. */
const INTO_PICTURE = "picture";
/** A slider moves faster than an address may change. */
const WRITE_AFTER_MS = 150;

export function createView(): readonly [Accessor<View>, ChangeView] {
  const [view, setView] = createSignal(parseView(location.search, location.pathname));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    const address = viewAddress(view());
    if (address !== location.href) history.replaceState(history.state, "", address);
  };
  const change: ChangeView = (part) => {
    const next = { ...view(), ...part };
    if (view().picture && !next.picture && history.state === INTO_PICTURE) {
      // Leaving a picture is going back, or Back would open it again.
      setView(next);
      history.back();
      return;
    }
    if (isSamePlace(view(), next)) {
      setView(next);
      clearTimeout(timer);
      timer = setTimeout(write, WRITE_AFTER_MS);
      return;
    }
    // What is left keeps what was changed there last.
    write();
    setView(next);
    history.pushState(next.picture ? INTO_PICTURE : null, "", viewAddress(next));
  };
  const read = () => {
    clearTimeout(timer);
    setView(parseView(location.search, location.pathname));
  };
  addEventListener("popstate", read);
  onCleanup(() => {
    clearTimeout(timer);
    removeEventListener("popstate", read);
  });
  return [view, change];
}

/** Whether going from `old` to `next` is no step of the history. Closing a picture that a link opened is none either. */
function isSamePlace(old: View, next: View): boolean {
  const isInto = old.picture === undefined && next.picture !== undefined;
  return old.page === next.page && old.mediaKey === next.mediaKey && !isInto;
}

/** The full address that shows `view`, wherever the page is served from. */
export function viewAddress(view: View): string {
  const address = new URL(location.href);
  address.pathname = pagePath(view.page, address.pathname);
  address.search = formatView(view, address.search);
  return address.href;
}

/**
 * The view as a signal that the address follows, and that follows the address
 * when a person goes back. Going to another page is a step of the history; what
 * is changed on a page is not, or Back would have to be pressed a hundred times.
 */

import { type Accessor, createSignal, onCleanup } from "solid-js";
import { formatView, pagePath, parseView, type View } from "./url-state.ts";

export type ChangeView = (change: Partial<View>) => void;

/** A slider moves faster than an address may change. */
const WRITE_AFTER_MS = 150;

export function createView(): readonly [Accessor<View>, ChangeView] {
  const [view, setView] = createSignal(parseView(location.search, location.pathname));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    const address = viewAddress(view());
    if (address !== location.href) history.replaceState(null, "", address);
  };
  const change: ChangeView = (part) => {
    const isOtherPage = part.page !== undefined && part.page !== view().page;
    // The page that is left keeps what was changed on it last.
    if (isOtherPage) write();
    setView((old) => ({ ...old, ...part }));
    if (isOtherPage) {
      history.pushState(null, "", viewAddress(view()));
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(write, WRITE_AFTER_MS);
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

/** The full address that shows `view`, wherever the page is served from. */
export function viewAddress(view: View): string {
  const address = new URL(location.href);
  address.pathname = pagePath(view.page, address.pathname);
  address.search = formatView(view, address.search);
  return address.href;
}

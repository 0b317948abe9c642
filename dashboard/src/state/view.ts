/** The view as a signal that the address follows, and that follows the address when a person goes back. */

import { type Accessor, createSignal, onCleanup } from "solid-js";
import { formatView, parseView, type View } from "./url-state.ts";

export type ChangeView = (change: Partial<View>) => void;

/** A slider moves faster than an address may change. */
const WRITE_AFTER_MS = 150;

export function createView(): readonly [Accessor<View>, ChangeView] {
  const [view, setView] = createSignal(parseView(location.search));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    const query = formatView(view(), location.search);
    if (`?${query}` === location.search || (query === "" && location.search === "")) return;
    history.replaceState(
      null,
      "",
      `${location.pathname}${query ? `?${query}` : ""}${location.hash}`,
    );
  };
  const change: ChangeView = (part) => {
    setView((old) => ({ ...old, ...part }));
    clearTimeout(timer);
    timer = setTimeout(write, WRITE_AFTER_MS);
  };
  const read = () => setView(parseView(location.search));
  addEventListener("popstate", read);
  onCleanup(() => {
    clearTimeout(timer);
    removeEventListener("popstate", read);
  });
  return [view, change];
}

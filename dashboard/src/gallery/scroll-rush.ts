/** Whether a page is scrolled faster than anyone can look: what passes by then is not asked for. */

import { type Accessor, createSignal, onCleanup, onMount } from "solid-js";

/** CSS pixels a millisecond: about two windows a second. */
const RUSH_SPEED = 2;
/** So long after the last fast move a person looks again. */
const CALM_AFTER_MS = 80;

export function createScrollRush(scroll: () => HTMLElement): Accessor<boolean> {
  const [isRushing, setIsRushing] = createSignal(false);
  onMount(() => {
    const element = scroll();
    let [top, at] = [element.scrollTop, performance.now()];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onScroll = () => {
      const now = performance.now();
      const speed = Math.abs(element.scrollTop - top) / Math.max(8, now - at);
      [top, at] = [element.scrollTop, now];
      if (speed < RUSH_SPEED) return;
      setIsRushing(true);
      clearTimeout(timer);
      timer = setTimeout(() => setIsRushing(false), CALM_AFTER_MS);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    onCleanup(() => {
      clearTimeout(timer);
      element.removeEventListener("scroll", onScroll);
    });
  });
  return isRushing;
}

/** Whether an element is in the window, or so near that what it shows is read already. */

import { type Accessor, createSignal, onCleanup, onMount } from "solid-js";

const NEAR = "300px 0px";

export function createInSight(
  element: () => HTMLElement,
  root: () => HTMLElement,
): Accessor<boolean> {
  const [isInSight, setIsInSight] = createSignal(false);
  onMount(() => {
    const observer = new IntersectionObserver(
      (entries) => setIsInSight(entries.at(-1)!.isIntersecting),
      { root: root(), rootMargin: NEAR },
    );
    observer.observe(element());
    onCleanup(() => observer.disconnect());
  });
  return isInSight;
}

/** Which charts can be seen, and which are near enough to keep what they have drawn. */

import { type Accessor, createSignal, onCleanup, onMount } from "solid-js";

/** Charts so near to the window are drawn already, so that scrolling meets no empty frames. */
const SEEN_MARGIN = "240px 0px";
/** Charts farther away than this give their canvas back. */
const NEAR_MARGIN = "1400px 0px";

export interface Sight {
  /** Names of the charts in sight, topmost first. */
  readonly seen: Accessor<readonly string[]>;
  readonly isNear: (name: string) => boolean;
  readonly watch: (name: string, element: HTMLElement) => void;
}

export function createSight(root: Accessor<HTMLElement>): Sight {
  const elements = new Map<string, HTMLElement>();
  const inSight = new Set<string>();
  const [seen, setSeen] = createSignal<readonly string[]>([]);
  const [near, setNear] = createSignal<ReadonlySet<string>>(new Set());
  const observers: IntersectionObserver[] = [];

  const nameOf = (element: Element) => (element as HTMLElement).dataset.metric ?? "";
  const byPlace = (a: string, b: string) => {
    const [first, second] = [elements.get(a), elements.get(b)];
    if (!first || !second) return 0;
    return first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
  };
  const look = (entries: readonly IntersectionObserverEntry[]) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inSight.add(nameOf(target));
      else inSight.delete(nameOf(target));
    }
    const now = [...inSight].sort(byPlace);
    setSeen(now);
    setNear((old) => (now.every((name) => old.has(name)) ? old : new Set([...old, ...now])));
  };
  const leave = (entries: readonly IntersectionObserverEntry[]) => {
    const gone = entries
      .filter((entry) => !entry.isIntersecting)
      .map(({ target }) => nameOf(target));
    if (gone.length === 0) return;
    setNear((old) => new Set([...old].filter((name) => !gone.includes(name))));
  };
  onMount(() => {
    observers.push(
      new IntersectionObserver(look, { root: root(), rootMargin: SEEN_MARGIN }),
      new IntersectionObserver(leave, { root: root(), rootMargin: NEAR_MARGIN }),
    );
    for (const element of elements.values()) for (const one of observers) one.observe(element);
  });
  onCleanup(() => {
    for (const observer of observers) observer.disconnect();
  });

  return {
    seen,
    isNear: (name) => near().has(name),
    watch: (name, element) => {
      elements.set(name, element);
      for (const observer of observers) observer.observe(element);
      onCleanup(() => {
        for (const observer of observers) observer.unobserve(element);
        elements.delete(name);
        if (inSight.delete(name)) setSeen((old) => old.filter((one) => one !== name));
      });
    },
  };
}

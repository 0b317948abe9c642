/** Where a grid stands while it is scrolled: its size, its top, and the bar that is put right where it rests. */

import { type Accessor, createMemo, createSignal, onCleanup, onMount } from "solid-js";
import { barAt, isExact, type ScrollMap, scrollMap, topAfter } from "./scroll-map.ts";

export interface GridScrollOptions {
  readonly element: () => HTMLElement;
  readonly rows: Accessor<number>;
  readonly rowPx: Accessor<number>;
  /** Above the rows, always in sight. */
  readonly headPx: Accessor<number>;
}

export interface GridScroll {
  readonly map: Accessor<ScrollMap>;
  /** What is above the view, in CSS pixels of the table. */
  readonly top: Accessor<number>;
  readonly left: Accessor<number>;
  readonly width: Accessor<number>;
  readonly height: Accessor<number>;
  /** Whether it moves so fast that nobody reads. */
  readonly isRushing: Accessor<boolean>;
  readonly goTo: (top: number) => void;
  readonly goToLeft: (left: number) => void;
}

/** So long after the last move the bar is put where the table stands. */
const REST_MS = 150;
/** Faster than this many views a move is a rush. */
const RUSH_VIEWS = 1;

export function createGridScroll(options: GridScrollOptions): GridScroll {
  const [size, setSize] = createSignal({ width: 0, height: 0 }, { equals: sameSize });
  const [wanted, setWanted] = createSignal(0);
  const [left, setLeft] = createSignal(0);
  const [isRushing, setIsRushing] = createSignal(false);
  const map = createMemo(() =>
    scrollMap(options.rows(), options.rowPx(), Math.max(0, size().height - options.headPx())),
  );
  const top = createMemo(() => {
    const { contentPx, viewPx } = map();
    return Math.max(0, Math.min(contentPx - viewPx, wanted()));
  });
  let bar = 0;
  let resting: ReturnType<typeof setTimeout> | undefined;

  const putBar = () => {
    const element = options.element();
    element.scrollTop = barAt(map(), top());
    bar = element.scrollTop;
  };
  const rest = () => {
    setIsRushing(false);
    if (!isExact(map())) putBar();
  };
  const onScroll = () => {
    const element = options.element();
    setLeft(element.scrollLeft);
    const now = element.scrollTop;
    if (now === bar) return;
    const next = topAfter(map(), top(), bar, now);
    if (Math.abs(next - top()) > map().viewPx * RUSH_VIEWS) setIsRushing(true);
    bar = now;
    setWanted(next);
    clearTimeout(resting);
    resting = setTimeout(rest, REST_MS);
  };
  onMount(() => {
    const element = options.element();
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    element.addEventListener("scroll", onScroll, { passive: true });
    onCleanup(() => {
      clearTimeout(resting);
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    });
  });
  return {
    map,
    top,
    left,
    width: () => size().width,
    height: () => size().height,
    isRushing,
    goTo: (place) => {
      setWanted(Math.max(0, place));
      putBar();
    },
    goToLeft: (place) => {
      options.element().scrollLeft = place;
    },
  };
}

function sameSize(a: { width: number; height: number }, b: typeof a): boolean {
  return a.width === b.width && a.height === b.height;
}

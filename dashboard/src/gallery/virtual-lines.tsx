/** Lines of known heights, of which only those near the window are in the document; they lie somewhere within a longer scrolling page. */

import { createVirtualizer } from "@tanstack/solid-virtual";
import { createEffect, createSignal, For, type JSX, on, onCleanup, onMount } from "solid-js";

export interface VirtualLinesProps {
  /** What scrolls: it holds these lines, and perhaps more around them. */
  readonly scroll: () => HTMLElement;
  readonly count: number;
  /** Of a line, in CSS pixels. */
  readonly heightOf: (index: number) => number;
  readonly children: (index: number) => JSX.Element;
  /** The first and the last line that are near the window. */
  readonly range?: (first: number, last: number) => void;
}

export function VirtualLines(props: VirtualLinesProps) {
  let box!: HTMLDivElement;
  const [margin, setMargin] = createSignal(0);
  const virtual = createVirtualizer({
    get count() {
      return props.count;
    },
    getScrollElement: () => props.scroll(),
    estimateSize: (index) => props.heightOf(index),
    get scrollMargin() {
      return margin();
    },
    overscan: 2,
  });
  // Heights are known, never measured: where they change, all are reckoned anew.
  createEffect(
    on(
      () => props.heightOf,
      () => virtual.measure(),
      { defer: true },
    ),
  );
  onMount(() => {
    const scroll = props.scroll();
    const place = () => {
      const top = box.getBoundingClientRect().top - scroll.getBoundingClientRect().top;
      setMargin(Math.round(top + scroll.scrollTop));
    };
    // What stands above grows and shrinks: then the page's content has another height.
    const observer = new ResizeObserver(place);
    observer.observe(scroll);
    for (const child of scroll.children) observer.observe(child);
    place();
    onCleanup(() => observer.disconnect());
  });
  createEffect(() => {
    const items = virtual.getVirtualItems();
    const [first, last] = [items[0], items.at(-1)];
    if (first && last) props.range?.(first.index, last.index);
  });
  return (
    <div ref={box} class="lines" style={{ height: `${virtual.getTotalSize()}px` }}>
      <For each={virtual.getVirtualItems()}>
        {(item) => (
          <div class="line" style={{ transform: `translateY(${item.start - margin()}px)` }}>
            {props.children(item.index)}
          </div>
        )}
      </For>
    </div>
  );
}

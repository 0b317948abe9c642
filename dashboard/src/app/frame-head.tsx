/**
 * The head of a page without a run list, as somebody else's page has it in a
 * frame: whose numbers these are, which line is which run, and the way to the
 * whole dashboard. Nothing in a frame can ever write: where writing comes, this
 * page gets no right to it.
 */

import { createEffect, createSignal, For, on, onCleanup, onMount, Show } from "solid-js";
import { viewAddress } from "../state/view.ts";
import type { Workspace } from "../state/workspace.ts";
import { countFitting } from "./count-fitting.ts";
import { BrandMark, Icon, RunSample } from "./icons.tsx";

/** More names than this have no room in any frame. */
const MOST_NAMES = 12;

export function FrameHead(props: { readonly workspace: Workspace }) {
  const { view, project, runs, shown } = props.workspace;
  const drawn = () => (runs() ?? []).filter((run) => shown().has(run.id)).toReversed();
  let head!: HTMLElement;
  let names!: HTMLSpanElement;
  let longestRest!: HTMLSpanElement;
  let open!: HTMLAnchorElement;
  const [fitting, setFitting] = createSignal(0);
  // By what the names need and the head has, never by what is told now: the words take room themselves.
  const measure = () => {
    const gapPx = Number.parseFloat(getComputedStyle(names).columnGap) || 0;
    const box = names.getBoundingClientRect();
    const roomPx = open.getBoundingClientRect().left - box.left - 2 * gapPx;
    const widthsPx = [...names.children].map((one) => one.getBoundingClientRect().width);
    const isShown = getComputedStyle(names).display !== "none";
    const restPx = longestRest.getBoundingClientRect().width + gapPx;
    setFitting(isShown ? countFitting(widthsPx, gapPx, roomPx, restPx, drawn().length) : 0);
  };
  onMount(() => {
    const observer = new ResizeObserver(measure);
    for (const element of [head, names]) observer.observe(element);
    onCleanup(() => observer.disconnect());
  });
  createEffect(on(drawn, measure));
  const rest = () => drawn().length - fitting();
  const whole = () => viewAddress({ ...view(), sidebar: "shown", navbar: "shown" });
  return (
    <header class="top frame-top" ref={head}>
      <a class="brand" href={whole()} target="_blank" rel="noopener" aria-label="Open in trackio">
        <BrandMark />
      </a>
      <b class="cut">{project()?.name ?? view().project}</b>
      <span class="run-keys" ref={names}>
        <For each={drawn().slice(0, MOST_NAMES)}>
          {(run, index) => (
            <span class="run-key" classList={{ beyond: index() >= fitting() }}>
              <RunSample number={run.number} />
              {run.name}
            </span>
          )}
        </For>
      </span>
      <Show when={rest() > 0}>
        <span class="dim">
          {fitting() === 0
            ? `${count(rest())} ${rest() === 1 ? "run" : "runs"}`
            : `and ${count(rest())} more`}
        </span>
      </Show>
      <span class="longest-rest" aria-hidden="true" ref={longestRest}>
        and {count(drawn().length)} more
      </span>
      <span class="grow" />
      <a class="frame-open" ref={open} href={whole()} target="_blank" rel="noopener">
        Open
        <Icon name="out" />
      </a>
    </header>
  );
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

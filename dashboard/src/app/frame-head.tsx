/**
 * The head of a page without a run list, as somebody else's page has it in a
 * frame: whose numbers these are, which line is which run, and the way to the
 * whole dashboard. Nothing in a frame can ever write: where writing comes, this
 * page gets no right to it.
 */

import { createEffect, createSignal, For, on, onCleanup, onMount, Show } from "solid-js";
import { viewAddress } from "../state/view.ts";
import type { Workspace } from "../state/workspace.ts";
import { BrandMark, Icon, RunSample } from "./icons.tsx";

/** More names than this have no room in any frame. */
const MOST_NAMES = 12;

export function FrameHead(props: { readonly workspace: Workspace }) {
  const { view, project, runs, shown } = props.workspace;
  const drawn = () => (runs() ?? []).filter((run) => shown().has(run.id)).toReversed();
  let names!: HTMLSpanElement;
  const [fitting, setFitting] = createSignal(0);
  const measure = () => {
    const { bottom } = names.getBoundingClientRect();
    const inLine = [...names.children].filter((one) => one.getBoundingClientRect().top < bottom);
    setFitting(inLine.length);
  };
  onMount(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(names);
    onCleanup(() => observer.disconnect());
  });
  createEffect(on(drawn, measure));
  const rest = () => drawn().length - fitting();
  const whole = () => viewAddress({ ...view(), sidebar: "shown", navbar: "shown" });
  return (
    <header class="top frame-top">
      <a class="brand" href={whole()} target="_blank" rel="noopener" aria-label="Open in trackio">
        <BrandMark />
      </a>
      <b class="cut">{project()?.name ?? view().project}</b>
      <span class="run-keys" ref={names}>
        <For each={drawn().slice(0, MOST_NAMES)}>
          {(run) => (
            <span class="run-key">
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
      <span class="grow" />
      <a class="frame-open" href={whole()} target="_blank" rel="noopener">
        Open
        <Icon name="out" />
      </a>
    </header>
  );
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

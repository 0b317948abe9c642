/**
 * The head of a page without a run list, as somebody else's page has it in a
 * frame: whose numbers these are, which line is which run, and the way to the
 * whole dashboard. Nothing in a frame can ever write: where writing comes, this
 * page gets no right to it.
 */

import { For, Show } from "solid-js";
import { viewAddress } from "../state/view.ts";
import type { Workspace } from "../state/workspace.ts";
import { BrandMark, Icon, RunSample } from "./icons.tsx";

/** More names than this have no room in any frame. */
const MOST_NAMES = 12;

export function FrameHead(props: { readonly workspace: Workspace }) {
  const { view, project, runs, shown } = props.workspace;
  const drawn = () => (runs() ?? []).filter((run) => shown().has(run.id)).toReversed();
  const whole = () => viewAddress({ ...view(), sidebar: "shown", navbar: "shown" });
  return (
    <header class="top frame-top">
      <a class="brand" href={whole()} target="_blank" rel="noopener" aria-label="Open in trackio">
        <BrandMark />
      </a>
      <b class="cut">{project()?.name ?? view().project}</b>
      <span class="run-keys">
        <For each={drawn().slice(0, MOST_NAMES)}>
          {(run) => (
            <span class="run-key">
              <RunSample number={run.number} />
              {run.name}
            </span>
          )}
        </For>
      </span>
      <Show when={drawn().length > MOST_NAMES}>
        <span class="dim">{drawn().length.toLocaleString("en-US")} runs</span>
      </Show>
      <span class="grow" />
      <a class="frame-open" href={whole()} target="_blank" rel="noopener">
        Open
        <Icon name="out" />
      </a>
    </header>
  );
}

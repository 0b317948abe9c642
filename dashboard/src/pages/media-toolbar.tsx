/** The toolbar over the media: filter, the step of the page, picture size. */

import { Show } from "solid-js";
import { Icon } from "../app/icons.tsx";
import { Stepper } from "../gallery/stepper.tsx";
import type { Workspace } from "../state/workspace.ts";
import { Choices } from "./chart-toolbar.tsx";

export interface MediaToolbarProps {
  readonly workspace: Workspace;
  /** Why the filter is none. */
  readonly problem: string | undefined;
  readonly openRuns: () => void;
  readonly steps: readonly number[];
  readonly goTo: (step: number | undefined) => void;
  /** All steps of one key are shown: there is no step to choose. */
  readonly isSingle: boolean;
}

export function MediaToolbar(props: MediaToolbarProps) {
  const { view, changeView, shown } = props.workspace;
  return (
    <div class="bar">
      <Show when={view().sidebar !== "hidden"}>
        <button
          type="button"
          class={`btn ${view().sidebar === "collapsed" ? "" : "only-s"}`}
          onClick={props.openRuns}
        >
          <Icon name="list" />
          {shown().size.toLocaleString("en-US")} {shown().size === 1 ? "run" : "runs"}
        </button>
      </Show>
      <Show when={!props.isSingle}>
        <div class="filter-metrics not-s">
          <label class={`field ${props.problem ? "bad" : ""}`}>
            <Icon name="filter" />
            <input
              placeholder="Filter keys"
              aria-label="Filter keys by name or regular expression"
              aria-invalid={props.problem !== undefined}
              aria-describedby="media-filter-problem"
              data-slash
              value={view().mediaFilter}
              onInput={(event) => changeView({ mediaFilter: event.currentTarget.value })}
              onKeyDown={(event) => {
                if (event.key !== "Escape") return;
                if (view().mediaFilter === "") event.currentTarget.blur();
                changeView({ mediaFilter: "" });
              }}
            />
          </label>
          <p id="media-filter-problem" class="field-problem below" aria-live="polite">
            {props.problem}
          </p>
        </div>
        <Show when={props.steps.length > 0}>
          <span class="sep not-s" />
          <Stepper steps={props.steps} step={view().step} change={props.goTo} />
        </Show>
      </Show>
      <span class="grow" />
      <span class="not-s">
        <Choices
          label="Picture size"
          value={view().pictureSize}
          choices={[
            ["s", "S"],
            ["m", "M"],
            ["l", "L"],
          ]}
          choose={(pictureSize) => changeView({ pictureSize })}
        />
      </span>
    </div>
  );
}

/** The toolbar over the media: filter, the step of the page, picture size. */

import { Show } from "solid-js";
import { PatternField } from "../app/pattern-field.tsx";
import { Stepper } from "../gallery/stepper.tsx";
import type { Workspace } from "../state/workspace.ts";
import { Choices } from "./choices.tsx";
import { RunsButton } from "./runs-button.tsx";

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
  const { view, changeView } = props.workspace;
  return (
    <div class="bar">
      <RunsButton workspace={props.workspace} openRuns={props.openRuns} />
      <Show when={!props.isSingle}>
        <div class="filter-metrics not-s">
          <PatternField
            icon="filter"
            placeholder="Filter keys"
            label="Filter keys by name or regular expression"
            problemId="media-filter-problem"
            text={view().mediaFilter}
            problem={props.problem}
            isProblemBelow
            onText={(mediaFilter) => changeView({ mediaFilter })}
          />
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

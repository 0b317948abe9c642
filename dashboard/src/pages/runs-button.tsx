/** Opens the list of runs where it is not beside the page. */

import { Show } from "solid-js";
import { Icon } from "../app/icons.tsx";
import type { Workspace } from "../state/workspace.ts";

export function RunsButton(props: {
  readonly workspace: Workspace;
  readonly openRuns: () => void;
}) {
  const { view, shown } = props.workspace;
  return (
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
  );
}

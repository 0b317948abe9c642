/** The project that the address names cannot be shown: what, why, remedy. */

import { For, Show } from "solid-js";
import { nearestName } from "../../../src/protocol/nearest.ts";
import type { ReadError } from "../api/client.ts";
import { NEWEST } from "../state/selection.ts";
import type { Workspace } from "../state/workspace.ts";

const MOST_OFFERED = 5;

export function ProblemPage(props: { readonly workspace: Workspace; readonly problem: ReadError }) {
  const { view, projects, changeView, retry } = props.workspace;
  const offered = () => {
    const names = (projects() ?? []).map((project) => project.name);
    const near = nearestName(view().project ?? "", names);
    return near === undefined ? names.slice(0, MOST_OFFERED) : [near];
  };
  return (
    <div class="nothing" role="alert">
      <b>{view().project ? `“${view().project}” cannot be shown.` : "Nothing can be shown yet."}</b>
      <br />
      <span class="mid">{props.problem.message}</span>
      <br />
      <Show when={offered().length > 0}>
        <span class="mid">
          There {offered().length === 1 ? "is" : "are"}{" "}
          <For each={offered()}>
            {(name, index) => (
              <>
                {index() > 0 ? ", " : ""}
                <button
                  type="button"
                  class="link"
                  onClick={() => changeView({ project: name, selection: NEWEST, zoom: undefined })}
                >
                  {name}
                </button>
              </>
            )}
          </For>
          .
        </span>
        <br />
      </Show>
      <button type="button" class="btn" onClick={retry}>
        Read again
      </button>
    </div>
  );
}

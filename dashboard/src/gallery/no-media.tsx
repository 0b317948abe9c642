/** Why there is nothing to look at: nothing logged, nothing shown, or nothing that matches; and what to do. */

import { Match, Show, Switch } from "solid-js";
import { nearestName } from "../../../src/protocol/nearest.ts";
import type { Workspace } from "../state/workspace.ts";

export function NoMedia(props: {
  readonly workspace: Workspace;
  readonly keys: readonly string[];
}) {
  const { view, changeView, media, mediaError, runs, shown, retry } = props.workspace;
  const closest = () => nearestName(view().mediaFilter, props.keys);
  return (
    <Switch>
      <Match when={media() === undefined && mediaError()}>
        {(reason) => (
          <div class="nothing" role="alert">
            <b>What was logged did not arrive.</b>
            <br />
            <span class="mid">{reason()}</span>
            <br />
            <button type="button" class="btn" onClick={retry}>
              Read again
            </button>
          </div>
        )}
      </Match>
      <Match when={media() === undefined || runs() === undefined}>{null}</Match>
      <Match when={props.keys.length > 0}>
        <div class="nothing" role="status">
          <b>No key matches “{view().mediaFilter}”.</b>
          <br />
          <Show when={closest()}>
            {(key) => (
              <>
                <span class="mid">
                  Closest:{" "}
                  <button
                    type="button"
                    class="link"
                    onClick={() => changeView({ mediaFilter: key() })}
                  >
                    {key()}
                  </button>
                </span>
                <br />
              </>
            )}
          </Show>
          <button type="button" class="btn" onClick={() => changeView({ mediaFilter: "" })}>
            Clear the filter
          </button>
        </div>
      </Match>
      <Match when={shown().size === 0 && (runs()?.length ?? 0) > 0}>
        <div class="nothing" role="status">
          <b>No run is shown.</b>
          <br />
          <span class="mid">Click the sample beside a name, or show all of them.</span>
        </div>
      </Match>
      <Match when={true}>
        <div class="empty">
          <div class="first">
            <h1>No pictures or tables yet</h1>
            <p>
              Log one from a script, beside its numbers. It appears here by itself, at its step,
              beside those of the other runs.
            </p>
            <pre class="code">
              trackio.<span class="k">log</span>
              {"({ samples: "}
              <span class="k">new</span> trackio.Image(pixels, {"{ caption: "}
              <span class="s">"a cat"</span>
              {" }) });\n"}
              trackio.<span class="k">log</span>
              {"({ rollout: "}
              <span class="k">new</span> trackio.Video(frames, {"{ fps: "}
              <span class="v">30</span>
              {" }) });\n"}
              trackio.<span class="k">log</span>
              {"({ answers: "}
              <span class="k">new</span> trackio.Table({"{ data: rows }"}){" });"}
            </pre>
          </div>
        </div>
      </Match>
    </Switch>
  );
}

/** Why there is no card, or not the one that was asked for: nothing logged, nothing shown, nothing that matches; and what to do. */

import { For, Show } from "solid-js";
import { closestKeys, exactly } from "../state/metric-choice.ts";
import type { Workspace } from "../state/workspace.ts";

export interface NoCardsProps {
  readonly workspace: Workspace;
  /** All that could be shown. */
  readonly keys: readonly string[];
  /** Names in the address that no key can be meant by. */
  readonly missing: readonly string[];
}

export function NoCards(props: NoCardsProps) {
  const { view, changeView, metrics, media, mediaError, shown, runs } = props.workspace;
  const isKnown = () =>
    metrics() !== undefined &&
    runs() !== undefined &&
    (media() !== undefined || mediaError() !== undefined);
  const isChosen = () => view().metricFilter.trim() !== "" || view().metrics !== "";
  return (
    <Show when={isKnown()}>
      <div class="nothing" role="status">
        <Show when={props.keys.length > 0 && isChosen()} fallback={<NothingYet {...props} />}>
          <Show
            when={props.missing.length > 0}
            fallback={<NoMatch {...props} name={view().metricFilter || view().metrics} />}
          >
            <For each={props.missing}>{(name) => <NoMatch {...props} name={name} />}</For>
          </Show>
          <button
            type="button"
            class="btn"
            onClick={() => changeView({ metricFilter: "", metrics: "" })}
          >
            {view().metrics === "" ? "Clear the filter" : "Show all charts"}
          </button>
        </Show>
        <Show when={props.keys.length > 0 && !isChosen() && shown().size > 0}>
          <span class="mid">
            There are pictures or tables:{" "}
            <button type="button" class="link" onClick={() => changeView({ page: "media" })}>
              Media & tables
            </button>
          </span>
        </Show>
      </div>
    </Show>
  );
}

/** Beside cards that were found: which were not. */
export function MissingNames(props: NoCardsProps) {
  return (
    <div class="nothing beside" role="status">
      <For each={props.missing}>{(name) => <NoMatch {...props} name={name} />}</For>
    </div>
  );
}

function NothingYet(props: NoCardsProps) {
  const { shown, runs } = props.workspace;
  return (
    <Show
      when={shown().size > 0 || runs()?.length === 0}
      fallback={
        <>
          <b>No run is shown.</b>
          <br />
          <span class="mid">Click the sample beside a name, or show all of them.</span>
        </>
      }
    >
      <b>No chart yet.</b>
      <br />
      <span class="mid">The first number that a run logs appears here by itself.</span>
      <br />
    </Show>
  );
}

function NoMatch(props: NoCardsProps & { readonly name: string }) {
  const { view, changeView } = props.workspace;
  const closest = () => closestKeys(props.name, props.keys);
  const choose = (key: string) => {
    if (view().metrics === "") changeView({ metricFilter: exactly(key) });
    else
      changeView({
        metrics: view()
          .metrics.split(",")
          .map((one) => (one.trim() === props.name ? key : one))
          .join(","),
      });
  };
  return (
    <>
      <b>No metric matches “{props.name}”.</b>
      <br />
      <Show when={closest().length > 0}>
        <span class="mid">
          Closest:{" "}
          <For each={closest()}>
            {(key, index) => (
              <>
                {index() > 0 ? ", " : ""}
                <button type="button" class="link" onClick={() => choose(key)}>
                  {key}
                </button>
              </>
            )}
          </For>
        </span>
        <br />
      </Show>
    </>
  );
}

/** An address may name a metric as x axis: which it is, or that there is none of that name. */
export function MetricAxisNote(props: {
  readonly workspace: Workspace;
  readonly isKnown: boolean;
}) {
  const { view, changeView } = props.workspace;
  return (
    <Show when={view().xMetric !== ""}>
      <p class="axis-note" role="status">
        <span class="cut">
          {props.isKnown
            ? `Charts stand over ${view().xMetric}.`
            : `Charts stand over steps: no metric is called “${view().xMetric}”.`}
        </span>
        <button
          type="button"
          class="link"
          onClick={() => changeView({ xMetric: "", zoom: undefined })}
        >
          {props.isKnown ? "Over steps" : "Close"}
        </button>
      </p>
    </Show>
  );
}

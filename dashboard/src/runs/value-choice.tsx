/** What stands at the right of each run: its status in words, or the last value of one metric. It never sorts. */

import { For } from "solid-js";
import { Icon } from "../app/icons.tsx";
import type { Workspace } from "../state/workspace.ts";

export function ValueChoice(props: { readonly workspace: Workspace }) {
  const { view, changeView, metrics } = props.workspace;
  return (
    <label class="value-choice">
      <select
        aria-label="Value beside each run"
        title="What stands beside each run"
        value={view().listMetric}
        onChange={(event) => changeView({ listMetric: event.currentTarget.value })}
      >
        <option value="">Status</option>
        <For each={metrics() ?? []}>
          {(metric) => (
            <option value={metric.key} selected={metric.key === view().listMetric}>
              {metric.key}
            </option>
          )}
        </For>
      </select>
      <Icon name="down" />
    </label>
  );
}

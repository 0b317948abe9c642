/** The runs of the project as a table: status, how long and how far, settings, last values. Only the rows in sight exist. */

import { createVirtualizer } from "@tanstack/solid-virtual";
import { createEffect, createMemo, createSignal, For, onCleanup, Show, untrack } from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import { Icon, RunSample, StatusShape } from "../app/icons.tsx";
import {
  formatAgo,
  formatDuration,
  formatMoment,
  formatStep,
  formatValue,
} from "../charts/format.ts";
import { RunSearchField } from "../runs/run-search-field.tsx";
import { lastValues } from "../state/last-values.ts";
import { EVERYTHING, type NameSearch, searchNames } from "../state/name-search.ts";
import type { Workspace } from "../state/workspace.ts";
import { type Column, runColumns, sameColumns, sortRuns } from "./run-columns.ts";

export function RunsPage(props: { readonly workspace: Workspace }) {
  const { runs, metrics, view } = props.workspace;
  let scroll!: HTMLDivElement;
  const [text, setText] = createSignal("");
  const [sort, setSort] = createSignal<{ id: string; up: boolean }>({ id: "number", up: false });
  const search = createMemo<NameSearch>((last) => searchNames(text(), last), EVERYTHING);
  const last = createMemo(() => lastValues(metrics() ?? [], props.workspace.metricRuns()));
  const columns = createMemo(() => runColumns(runs() ?? [], metrics() ?? [], last), [], {
    equals: sameColumns,
  });
  const found = createMemo(() => (runs() ?? []).filter((run) => search().matches(run.name)));
  const foundIds = createMemo(() => found().map((run) => run.id), [], { equals: sameIds });
  // Values that arrive change cells, never the order: that is made when a person sorts or searches, or runs come and go.
  const order = createMemo(() => {
    foundIds();
    const column = columns().find((one) => one.id === sort().id);
    const { up } = sort();
    return untrack(() => sortRuns(found(), column, up).map((run) => run.id));
  });
  const sorted = createMemo(() => {
    const byId = new Map(found().map((run) => [run.id, run]));
    return order().flatMap((id) => byId.get(id) ?? []);
  });
  createEffect(() => onCleanup(props.workspace.followValues()));
  createEffect(() => props.workspace.wantMetrics(runs()?.map((run) => run.id) ?? []));
  const rowHeight = Number.parseFloat(
    getComputedStyle(document.documentElement).getPropertyValue("--h-row"),
  );
  const virtual = createVirtualizer({
    get count() {
      return sorted().length;
    },
    getScrollElement: () => scroll,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const above = () => virtual.getVirtualItems()[0]?.start ?? 0;
  const below = () => virtual.getTotalSize() - (virtual.getVirtualItems().at(-1)?.end ?? 0);

  return (
    <>
      <div class="bar">
        <div class="filter-metrics">
          <RunSearchField
            text={text()}
            problem={search().problem}
            isProblemBelow
            onText={setText}
          />
        </div>
      </div>
      <div class="scroll table-scroll" ref={scroll}>
        <table
          class="tbl"
          aria-rowcount={sorted().length + 1}
          aria-label={`Runs of ${view().project}`}
        >
          <thead>
            <tr>
              <For each={columns()}>
                {(column, index) => (
                  <HeadCell
                    column={column}
                    isPinned={index() === 0}
                    direction={
                      sort().id === column.id ? (sort().up ? "ascending" : "descending") : undefined
                    }
                    sort={() =>
                      setSort((old) => ({
                        id: column.id,
                        up: old.id === column.id ? !old.up : false,
                      }))
                    }
                  />
                )}
              </For>
            </tr>
          </thead>
          <tbody>
            <tr class="gap">
              <td colSpan={columns().length} style={{ "--gap": `${above()}px` }} />
            </tr>
            <For each={virtual.getVirtualItems()}>
              {(item) => (
                <Show when={sorted()[item.index]}>
                  {(run) => (
                    <tr aria-rowindex={item.index + 2}>
                      <For each={columns()}>{(column) => <Cell run={run()} column={column} />}</For>
                    </tr>
                  )}
                </Show>
              )}
            </For>
            <tr class="gap">
              <td colSpan={columns().length} style={{ "--gap": `${below()}px` }} />
            </tr>
          </tbody>
        </table>
      </div>
      <div class="count-bar" aria-live="polite">
        {sorted().length.toLocaleString("en-US")} of {(runs()?.length ?? 0).toLocaleString("en-US")}{" "}
        runs
      </div>
    </>
  );
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

function HeadCell(props: {
  readonly column: Column;
  readonly isPinned: boolean;
  readonly direction: "ascending" | "descending" | undefined;
  readonly sort: () => void;
}) {
  return (
    <th
      class={`${props.column.isNumber ? "num" : ""} ${props.isPinned ? "pin" : ""}`}
      aria-sort={props.direction}
    >
      <button type="button" onClick={props.sort}>
        {props.column.title}
        <Show when={props.direction}>
          <Icon name={props.direction === "ascending" ? "ascending" : "descending"} />
        </Show>
      </button>
    </th>
  );
}

function Cell(props: { readonly run: Run; readonly column: Column }) {
  switch (props.column.id) {
    case "number":
      return (
        <td class="pin" title={props.run.name}>
          <span class="cell-run">
            <RunSample number={props.run.number} />
            <span class="cut">{props.run.name}</span>
          </span>
        </td>
      );
    case "status":
      return (
        <td title={props.run.reason}>
          <StatusShape status={props.run.status} /> {props.run.status}
        </td>
      );
    case "created":
      return (
        <td class="mid" title={formatMoment(props.run.createdAt)}>
          {formatAgo(props.run.createdAt, Date.now())}
        </td>
      );
    default:
      return <ValueCell column={props.column} run={props.run} />;
  }
}

function ValueCell(props: { readonly run: Run; readonly column: Column }) {
  const value = () => props.column.value(props.run);
  const text = () => {
    const shown = value();
    if (shown === undefined || shown === null) return "";
    if (typeof shown !== "number") return typeof shown === "string" ? shown : JSON.stringify(shown);
    if (props.column.id === "duration") return formatDuration(shown);
    if (props.column.id === "steps") return formatStep(shown);
    // 0.1 + 0.2 is written 0.3: the digits behind are the machine's, not the script's.
    const isSetting = props.column.id.startsWith("config ");
    return isSetting ? String(Number(shown.toPrecision(12))) : formatValue(shown);
  };
  return (
    <td class={props.column.isNumber ? "num" : "cut"} title={text()}>
      <Show when={text() !== ""} fallback={<span class="none">–</span>}>
        {text()}
      </Show>
    </td>
  );
}

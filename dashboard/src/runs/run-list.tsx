/** The runs of the project, newest first: shown or hidden, how they are, found by name. Only the rows in sight exist. */

import { createVirtualizer } from "@tanstack/solid-virtual";
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  on,
  onCleanup,
  Show,
  untrack,
} from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import { Icon, RunSample, StatusShape } from "../app/icons.tsx";
import type { CursorLink } from "../charts/cursor-link.ts";
import { formatAgo, formatMoment, formatShort } from "../charts/format.ts";
import { lastValues } from "../state/last-values.ts";
import { EVERYTHING, type NameSearch, searchNames } from "../state/name-search.ts";
import { isUntouched, NEWEST, setShown, showAll, showOnly } from "../state/selection.ts";
import type { Workspace } from "../state/workspace.ts";
import { RunSearchField } from "./run-search-field.tsx";
import { ValueChoice } from "./value-choice.tsx";

export interface RunListProps {
  readonly workspace: Workspace;
  readonly link: CursorLink;
  /** On a phone the list is a sheet over the page's foot. */
  readonly isOpen: boolean;
  readonly close: () => void;
}

export function RunList(props: RunListProps) {
  const { runs, shown, metrics, view, changeView } = props.workspace;
  const [text, setText] = createSignal("");
  const search = createMemo<NameSearch>((last) => searchNames(text(), last), EVERYTHING);
  const found = createMemo(() => (runs() ?? []).filter((run) => search().matches(run.name)));
  const toggle = (run: Run) =>
    changeView({ selection: setShown(view().selection, run.id, !shown().has(run.id)) });

  // A metric that the project lost is as none: the status is always there.
  const metric = createMemo(() => metrics()?.find((one) => one.key === view().listMetric));
  const lastOf = createMemo(() => {
    const chosen = metric();
    if (!chosen) return undefined;
    const values = lastValues([chosen], props.workspace.metricRuns()).get(chosen.key);
    return (run: Run) => values?.get(run.id);
  });
  createEffect(() => {
    if (metric() !== undefined) onCleanup(untrack(props.workspace.followValues));
  });
  let side!: HTMLElement;
  createEffect(() => {
    if (props.isOpen) closeFromOutside(side, props.close);
  });

  return (
    <aside ref={side} class={`side ${props.isOpen ? "open" : ""}`} aria-label="Runs">
      <div class="side-head">
        <RunSearchField text={text()} problem={search().problem} onText={setText} />
      </div>
      <div class="side-cols">
        <span class="grow">
          {text() === ""
            ? "Newest first"
            : `${count(found().length)} of ${count(runs()?.length ?? 0)}`}
        </span>
        <ValueChoice workspace={props.workspace} />
      </div>
      <Rows
        found={found()}
        lastOf={lastOf()}
        searched={text()}
        shown={shown()}
        link={props.link}
        toggle={toggle}
        only={(run) => changeView({ selection: showOnly([run.id]) })}
      />
      <div class="side-foot">
        <span class="grow" aria-live="polite">
          {count(shown().size)} of {count(runs()?.length ?? 0)} runs shown
        </span>
        <FootAction
          isSearching={text() !== "" && found().length > 0 && search().problem === undefined}
          isAll={shown().size === (runs()?.length ?? 0)}
          showFound={() => changeView({ selection: showOnly(found().map((run) => run.id)) })}
          showAll={() => changeView({ selection: showAll() })}
          showNewest={() => changeView({ selection: NEWEST })}
          isNewest={isUntouched(view().selection)}
        />
        <button type="button" class="btn only-s" onClick={props.close}>
          Done
        </button>
      </div>
    </aside>
  );
}

/** A sheet is left by Esc or by pressing what lies behind it; on a wide window it is no sheet, and closing it changes nothing. */
function closeFromOutside(side: HTMLElement, close: () => void): void {
  const onPointerDown = (event: PointerEvent) => {
    if (!side.contains(event.target as Node)) close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !(event.target instanceof HTMLInputElement)) close();
  };
  document.addEventListener("pointerdown", onPointerDown);
  document.addEventListener("keydown", onKeyDown);
  onCleanup(() => {
    document.removeEventListener("pointerdown", onPointerDown);
    document.removeEventListener("keydown", onKeyDown);
  });
}

function FootAction(props: {
  readonly isSearching: boolean;
  readonly isAll: boolean;
  readonly isNewest: boolean;
  readonly showFound: () => void;
  readonly showAll: () => void;
  readonly showNewest: () => void;
}) {
  return (
    <Show
      when={props.isSearching}
      fallback={
        <Show
          when={!props.isAll}
          fallback={
            <Show when={!props.isNewest}>
              <button type="button" class="link" onClick={props.showNewest}>
                Newest only
              </button>
            </Show>
          }
        >
          <button type="button" class="link" onClick={props.showAll}>
            Show all
          </button>
        </Show>
      }
    >
      <button type="button" class="link" onClick={props.showFound}>
        Show only these
      </button>
    </Show>
  );
}

/** Last value of the metric chosen; absent where the status stands instead. */
type LastOf = ((run: Run) => number | undefined) | undefined;

interface RowsProps {
  readonly found: readonly Run[];
  readonly lastOf: LastOf;
  /** What is searched for; another search begins at the top. */
  readonly searched: string;
  readonly shown: ReadonlySet<string>;
  readonly link: CursorLink;
  readonly toggle: (run: Run) => void;
  readonly only: (run: Run) => void;
}

function Rows(props: RowsProps) {
  let scroll!: HTMLDivElement;
  const rowHeight = Number.parseFloat(
    getComputedStyle(document.documentElement).getPropertyValue("--h-row"),
  );
  const virtual = createVirtualizer({
    get count() {
      return props.found.length;
    },
    getScrollElement: () => scroll,
    estimateSize: () => rowHeight,
    getItemKey: (index) => props.found[index]?.id ?? index,
    overscan: 10,
  });
  createEffect(
    on(
      () => props.searched,
      () => virtual.scrollToOffset(0),
      { defer: true },
    ),
  );
  return (
    <div class="scroll" ref={scroll}>
      <Show
        when={props.found.length > 0}
        fallback={<p class="side-note">No run has a name like this.</p>}
      >
        <ul class="runs" style={{ height: `${virtual.getTotalSize()}px` }}>
          <For each={virtual.getVirtualItems()}>
            {(item) => (
              <Show when={props.found[item.index]}>
                {(run) => (
                  <RunRow
                    run={run()}
                    lastOf={props.lastOf}
                    top={item.start}
                    position={item.index + 1}
                    total={props.found.length}
                    isShown={props.shown.has(run().id)}
                    toggle={() => props.toggle(run())}
                    only={() => props.only(run())}
                    light={(isLit) => props.link.light(isLit ? run().id : null)}
                  />
                )}
              </Show>
            )}
          </For>
        </ul>
      </Show>
    </div>
  );
}

interface RunRowProps {
  readonly run: Run;
  readonly lastOf: LastOf;
  readonly top: number;
  readonly position: number;
  readonly total: number;
  readonly isShown: boolean;
  readonly toggle: () => void;
  readonly only: () => void;
  readonly light: (isLit: boolean) => void;
}

function RunRow(props: RunRowProps) {
  return (
    <li
      class={`run ${props.isShown ? "" : "off"}`}
      style={{ transform: `translateY(${props.top}px)` }}
      title={describeRun(props.run)}
      aria-setsize={props.total}
      aria-posinset={props.position}
      onMouseEnter={() => props.light(true)}
      onMouseLeave={() => props.light(false)}
    >
      <button
        type="button"
        class="sample-btn"
        aria-pressed={props.isShown}
        aria-label={`${props.isShown ? "Hide" : "Show"} ${props.run.name}`}
        onClick={props.toggle}
      >
        <RunSample number={props.run.number} off={!props.isShown} />
      </button>
      <span class="name">{props.run.name}</span>
      <StatusShape status={props.run.status} />
      <Show when={props.lastOf} fallback={<span class="val">{props.run.status}</span>}>
        {(lastOf) => (
          <>
            <span class="sr">{props.run.status}</span>
            <span class="val num">{shortValue(lastOf()(props.run))}</span>
          </>
        )}
      </Show>
      <span class="acts">
        <button
          type="button"
          class="icon s"
          title="Show only this"
          aria-label={`Show only ${props.run.name}`}
          onClick={props.only}
        >
          <Icon name="solo" />
        </button>
      </span>
    </li>
  );
}

function shortValue(value: number | undefined): string {
  return value === undefined ? "–" : formatShort(value);
}

function describeRun(run: Run): string {
  const reason = run.reason ? ` (${run.reason})` : "";
  const step = run.lastStep === undefined ? "no step yet" : `step ${count(run.lastStep)}`;
  const when = `begun ${formatAgo(run.createdAt, Date.now())}, ${formatMoment(run.createdAt)}`;
  return `${run.name}\n${run.status}${reason}, ${step}\n${when}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** The top bar: project, pages, what is running, theme. */

import { Show } from "solid-js";
import { formatClock } from "../charts/format.ts";
import type { View } from "../state/url-state.ts";
import { viewAddress } from "../state/view.ts";
import type { Workspace } from "../state/workspace.ts";
import { isProjectLocked } from "./framed.ts";
import { BrandMark, Icon, StatusShape } from "./icons.tsx";
import { ProjectPicker } from "./project-picker.tsx";
import { ShareButton } from "./share-button.tsx";
import { switchTheme } from "./theme.ts";

export function TopBar(props: { readonly workspace: Workspace; readonly isEmpty: boolean }) {
  const { view, runs, metrics, media, offlineSince } = props.workspace;
  const running = () => runs()?.filter((run) => run.status === "running").length ?? 0;
  const tab = (page: View["page"]) => ({
    get href() {
      return viewAddress({ ...view(), page });
    },
    get "aria-current"() {
      return view().page === page ? ("page" as const) : undefined;
    },
    onClick: (event: MouseEvent) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      props.workspace.changeView({ page });
    },
  });
  /** With `hide_empty_tabs` a page without anything has no tab, unless it is the open one. */
  const hasTab = (page: View["page"], count: number | undefined) =>
    view().emptyTabs === "shown" || view().page === page || count !== 0;
  return (
    <header class="top">
      <div class="top-start">
        <a class="brand" href="./" aria-label="trackio, the project used last">
          <BrandMark />
        </a>
        <Show
          when={!isProjectLocked}
          fallback={<b class="cut locked">{props.workspace.project()?.name ?? view().project}</b>}
        >
          <ProjectPicker workspace={props.workspace} />
        </Show>
      </div>
      <nav class="tabs" aria-label="Project">
        <Show when={!props.isEmpty}>
          <Show when={hasTab("charts", metrics()?.length)}>
            <a {...tab("charts")}>
              Charts <span class="n">{metrics()?.length.toLocaleString("en-US")}</span>
            </a>
          </Show>
          <Show when={hasTab("media", media()?.length)}>
            <a {...tab("media")}>
              <span class="not-s">Media & tables</span>
              <span class="only-s">Media</span>{" "}
              <span class="n">
                {media()?.length ? media()!.length.toLocaleString("en-US") : ""}
              </span>
            </a>
          </Show>
          <a {...tab("runs")}>
            Runs <span class="n">{runs()?.length.toLocaleString("en-US")}</span>
          </a>
        </Show>
      </nav>
      <div class="top-end">
        <Show when={!props.isEmpty}>
          <Show when={running() > 0}>
            <span
              class={`pill not-s bare ${offlineSince() === undefined ? "running" : ""}`}
              title="New points arrive by themselves"
            >
              <StatusShape status="running" />
              {running()} running
              {offlineSince() === undefined ? "" : ` at ${formatClock(offlineSince()!)}`}
            </span>
          </Show>
          <ShareButton workspace={props.workspace} />
        </Show>
        <button
          type="button"
          class="icon"
          aria-label="Switch between light and dark"
          title="Light or dark"
          onClick={switchTheme}
        >
          <Icon name="theme" />
        </button>
      </div>
    </header>
  );
}

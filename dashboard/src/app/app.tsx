/** The page: top bar, run list, and in the middle what the address says. */

import { createEffect, createSignal, Match, onCleanup, Show, Switch } from "solid-js";
import { CursorLink } from "../charts/cursor-link.ts";
import { ChartsPage } from "../pages/charts-page.tsx";
import { EmptyPage } from "../pages/empty-page.tsx";
import { MediaPage } from "../pages/media-page.tsx";
import { ProblemPage } from "../pages/problem-page.tsx";
import { RunsPage } from "../pages/runs-page.tsx";
import { RunList } from "../runs/run-list.tsx";
import { createWorkspace } from "../state/workspace.ts";
import { FrameHead } from "./frame-head.tsx";
import { isFramed } from "./framed.ts";
import { OfflineBar } from "./offline-bar.tsx";
import { ReadingBar } from "./reading-bar.tsx";
import { followTheme } from "./theme.ts";
import { TopBar } from "./top-bar.tsx";
import { answerViewMessages } from "./view-messages.ts";
import { viewReport } from "./view-report.ts";

const PAGE_NAMES = { charts: "Charts", media: "Media & tables", runs: "Runs" } as const;

export function App() {
  followTheme();
  const workspace = createWorkspace();
  const { view, changeView, projects, problem, offlineSince } = workspace;
  const link = new CursorLink();
  const [isSheetOpen, setIsSheetOpen] = createSignal(false);
  const isEmpty = () => projects()?.length === 0;
  const hasSide = () =>
    !isEmpty() && problem() === undefined && view().page !== "runs" && view().sidebar === "shown";
  /** Without a run list a page is somebody else's: it is looked at, not arranged. */
  const isCompact = () => view().sidebar === "hidden" && !isEmpty();
  const openRuns = () => {
    if (view().sidebar === "collapsed") changeView({ sidebar: "shown" });
    setIsSheetOpen(true);
  };
  createEffect(() => {
    const page = PAGE_NAMES[view().page];
    const name = workspace.project()?.name ?? view().project;
    document.title = isEmpty() || !name ? "trackio" : `${page} · ${name} · trackio`;
  });
  focusSearchOnSlash();
  answerViewMessages(() => viewReport(workspace));

  return (
    <div
      class="app"
      classList={{
        "no-side": !hasSide(),
        "no-top": view().navbar === "hidden",
        compact: isCompact(),
        framed: isCompact() && isFramed,
      }}
    >
      <Show when={view().navbar !== "hidden"}>
        <Show when={isCompact()} fallback={<TopBar workspace={workspace} isEmpty={isEmpty()} />}>
          <FrameHead workspace={workspace} />
        </Show>
      </Show>
      <Show when={hasSide()}>
        <RunList
          workspace={workspace}
          link={link}
          isOpen={isSheetOpen()}
          close={() => setIsSheetOpen(false)}
        />
      </Show>
      <main class="main">
        <Switch>
          <Match when={problem()}>
            {(reason) => <ProblemPage workspace={workspace} problem={reason()} />}
          </Match>
          <Match when={isEmpty()}>
            <EmptyPage />
          </Match>
          <Match when={view().page === "runs"}>
            <RunsPage workspace={workspace} />
          </Match>
          <Match when={view().page === "media"}>
            <MediaPage workspace={workspace} openRuns={openRuns} />
          </Match>
          <Match when={true}>
            <ChartsPage workspace={workspace} link={link} openRuns={openRuns} />
          </Match>
        </Switch>
        <ReadingBar reading={workspace.reading()} />
        <OfflineBar since={offlineSince()} retry={workspace.retry} />
      </main>
    </div>
  );
}

/** `/` puts the cursor into the first search field that can be seen. */
function focusSearchOnSlash(): void {
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyping = /^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || isTyping) return;
    const fields = document.querySelectorAll<HTMLElement>("[data-slash]");
    const field = [...fields].find((one) => one.offsetParent !== null);
    if (!field) return;
    event.preventDefault();
    field.focus();
  };
  document.addEventListener("keydown", onKeyDown);
  onCleanup(() => document.removeEventListener("keydown", onKeyDown));
}

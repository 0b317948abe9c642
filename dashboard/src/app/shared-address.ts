/** The address of exactly what is on the screen, also tomorrow, when there are other runs; and a frame of it. */

import { readMetrics } from "../state/metric-choice.ts";
import { showOnly } from "../state/selection.ts";
import type { View } from "../state/url-state.ts";
import { viewAddress } from "../state/view.ts";
import type { Workspace } from "../state/workspace.ts";
import { chosenTheme } from "./theme.ts";

/** So many ids an address can hold anywhere; more runs are named by how they were chosen. */
const MOST_IDS = 100;

export function sharedAddress(
  { view, shown, project, runs }: Workspace,
  part: Partial<View> = {},
): string {
  const now = view();
  const ids = (runs() ?? []).filter(({ id }) => shown().has(id)).map(({ id }) => id);
  const selection = ids.length > MOST_IDS ? now.selection : showOnly(ids);
  const address = new URL(
    viewAddress({ ...now, project: project()?.key ?? now.project, selection, ...part }),
  );
  const theme = chosenTheme();
  address.searchParams.delete("__theme");
  if (theme !== undefined) address.searchParams.set("__theme", theme);
  return address.href;
}

/** CSS pixels; a page that embeds a frame may set others. */
interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** The guide's own size holds a chart and a table. */
const USUAL: FrameSize = { width: 600, height: 630 };
const ONE_CARD: FrameSize = { width: 600, height: 360 };
const WIDE: FrameSize = { width: 960, height: 630 };

function frameSize(view: View): FrameSize {
  if (view.page !== "charts") return WIDE;
  const chosen = readMetrics(view.metrics);
  return chosen && "names" in chosen && chosen.names.length === 1 ? ONE_CARD : USUAL;
}

/** HTML that shows the page in another one, read only. */
export function frameSnippet(workspace: Workspace): string {
  const view = workspace.view();
  const { width, height } = frameSize(view);
  const what = view.metricFilter || readableMetrics(view) || PAGE_WORDS[view.page];
  const name = workspace.project()?.name ?? view.project ?? "trackio";
  const source = escapeHtml(sharedAddress(workspace, { sidebar: "hidden" }));
  const title = escapeHtml(`${name}: ${what} · trackio`);
  return `<iframe src="${source}" title="${title}" width="${width}" height="${height}" style="border:0" loading="lazy"></iframe>`;
}

const PAGE_WORDS: Record<View["page"], string> = {
  charts: "charts",
  media: "media and tables",
  runs: "runs",
};

function readableMetrics({ metrics }: View): string {
  const chosen = readMetrics(metrics);
  return chosen && "names" in chosen ? chosen.names.join(", ") : metrics;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** One key of the media page: what it is and how much, and what the runs have under it at the step that is looked at. */

import { createMemo, createSignal, Match, Show, Switch } from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import { Icon } from "../app/icons.tsx";
import { formatStep } from "../charts/format.ts";
import { TableCard } from "../grid/table-card.tsx";
import { type KeySteps, lastStepOf, lastUpTo } from "../state/key-steps.ts";
import { type KeyedMedia, mediaName } from "../state/media-facts.ts";
import { sameList } from "../state/same-list.ts";
import { splitMetric } from "../state/sections.ts";
import { createStepItems, type MediaItem } from "../state/step-items.ts";
import type { Workspace } from "../state/workspace.ts";
import { createInSight } from "./in-sight.ts";
import { StepGallery } from "./step-gallery.tsx";
import type { TileKind } from "./tile-layout.ts";

export interface MediaSectionProps {
  readonly workspace: Workspace;
  readonly project: string;
  readonly media: KeyedMedia;
  readonly steps: KeySteps;
  /** The step of the page; undefined until it is known. */
  readonly step: number | undefined;
  readonly goTo: (step: number) => void;
  readonly runsById: ReadonlyMap<string, Run>;
  readonly hintOf: (run: string) => string;
  readonly scroll: () => HTMLElement;
  readonly isHeldBack: boolean;
  readonly open: (item: MediaItem) => void;
  /** Shows all steps of the key. */
  readonly openKey: () => void;
}

export function MediaSection(props: MediaSectionProps) {
  const { view, changeView, lastMediaChange, offline } = props.workspace;
  let section!: HTMLElement;
  const isInSight = createInSight(
    () => section,
    () => props.scroll(),
  );
  const name = () => mediaName(props.media);
  const isOpen = () => !view().foldedMedia.includes(name());
  const toggle = () => {
    const rest = view().foldedMedia.filter((one) => one !== name());
    changeView({ foldedMedia: isOpen() ? [...rest, name()] : rest });
  };
  // Keys are logged at paces of their own: each stands as it stood at the page's step.
  const step = createMemo(() => {
    const steps = props.steps.all();
    if (steps.length === 0) {
      const last = lastStepOf([props.media]);
      return props.step === undefined || props.step >= (last ?? 0) ? last : undefined;
    }
    if (props.step === undefined) return steps.at(-1);
    return steps[Math.max(0, lastUpTo(steps, props.step))];
  });
  const runs = createMemo(() => props.media.runs.map(({ run }) => run), [], { equals: sameList });
  const question = createMemo(() => {
    const { project, media } = props;
    const now = step();
    if (now === undefined || !isInSight() || !isOpen() || media.kind === "table") return undefined;
    return { project, key: media.key, kind: media.kind, runs: runs(), step: now };
  });
  const read = createStepItems(question, lastMediaChange, offline);
  const [tableSize, setTableSize] = createSignal("");
  const kind = () => (props.media.kind === "table" ? undefined : props.media.kind);
  return (
    <section ref={section} aria-label={props.media.key} data-key={props.media.key}>
      <div class="section-head media-section-head">
        <button type="button" class="fold" aria-expanded={isOpen()} onClick={toggle}>
          <Icon name="down" />
          <SectionTitle name={props.media.key} />
          <span class="n cut">
            {props.media.kind === "table" && tableSize() !== ""
              ? tableSize()
              : describeMedia(props.media, props.steps.all().length)}
          </span>
        </button>
        <Show when={step() !== undefined && props.step !== undefined && step() !== props.step}>
          <span class="n at-step" title={`Nothing at step ${formatStep(props.step!)}`}>
            at {formatStep(step()!)}
          </span>
        </Show>
        <Show when={read.items() && step() !== undefined && read.items()!.step !== step()}>
          <span class="n still" role="status">
            still {formatStep(read.items()!.step)}
          </span>
        </Show>
        <Show when={props.media.kind !== "table"}>
          <button
            type="button"
            class="link"
            aria-label={`All steps of ${props.media.key}`}
            onClick={props.openKey}
          >
            All steps
          </button>
        </Show>
      </div>
      <Show when={isOpen()}>
        <Show when={read.error() ?? props.steps.error()}>
          {(reason) => (
            <div class="media-row" role="alert">
              <b>{props.media.key} did not arrive.</b> <span class="mid">{reason()}</span>{" "}
              <button
                type="button"
                class="link"
                onClick={() => {
                  props.steps.retry();
                  read.retry();
                }}
              >
                Read again
              </button>
            </div>
          )}
        </Show>
        <Switch>
          <Match when={kind()}>
            {(tileKind) => (
              <StepGallery
                media={props.media}
                kind={tileKind() as TileKind}
                runsById={props.runsById}
                hintOf={props.hintOf}
                items={read.items()}
                stepsByRun={props.steps.byRun()}
                step={step()}
                goTo={props.goTo}
                size={view().pictureSize}
                scroll={props.scroll}
                isHeldBack={props.isHeldBack}
                open={props.open}
              />
            )}
          </Match>
          <Match when={props.media.kind === "table"}>
            <TableCard
              workspace={props.workspace}
              tableKey={props.media.key}
              frame="section"
              step={view().step === undefined ? undefined : step()}
              tellSize={setTableSize}
            />
          </Match>
        </Switch>
      </Show>
    </section>
  );
}

export function SectionTitle(props: { readonly name: string }) {
  const parts = () => splitMetric(props.name);
  return (
    <span class="cut" title={props.name}>
      <Show when={parts().prefix !== ""}>
        <span class="n">{parts().prefix}/</span>
      </Show>
      {parts().leaf}
    </span>
  );
}

const WORDS = {
  image: ["image", "images"],
  video: ["video", "videos"],
  audio: ["sound", "sounds"],
  table: ["table", "tables"],
  file: ["file", "files"],
} as const;

/** E.g. `images · 8 a step · 41 steps`. */
export function describeMedia({ kind, runs }: KeyedMedia, stepCount: number): string {
  const most = Math.max(0, ...runs.map(({ mostAtOnce }) => mostAtOnce));
  const total = runs.reduce((sum, { itemCount }) => sum + itemCount, 0);
  const parts: string[] = [WORDS[kind][total === 1 ? 0 : 1]];
  if (most > 1) parts.push(`${most.toLocaleString("en-US")} a step`);
  if (stepCount > 0) {
    parts.push(`${stepCount.toLocaleString("en-US")} ${stepCount === 1 ? "step" : "steps"}`);
  }
  return parts.join(" · ");
}

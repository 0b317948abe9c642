/** One line of a gallery: some tiles of one run, or one tile of each of several runs. */

import { Index, type JSX, Show } from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import { RunSample } from "../app/icons.tsx";
import { formatStep } from "../charts/format.ts";
import { nearestStep, type StepsByRun } from "../state/key-steps.ts";
import type { KeyedMedia } from "../state/media-facts.ts";
import type { MediaItem, StepItems } from "../state/step-items.ts";
import { Caption, MediaTile } from "./media-tile.tsx";
import type { PlayGroup } from "./play-group.ts";
import type { GalleryLine, TileLayout } from "./tile-layout.ts";

export function columnsStyle(layout: TileLayout, isBesideNames: boolean) {
  return {
    "grid-template-columns": `repeat(${layout.columns}, ${layout.tileWidth}px)`,
    "margin-left": isBesideNames && !layout.isNarrow ? "calc(132px + var(--s3))" : "0",
  };
}

/** What runs have under a key at one step, and what its lines need to show it. */
export interface ShownStep {
  readonly media: KeyedMedia;
  readonly runsById: ReadonlyMap<string, Run>;
  /** What tells a run from the others, in few words. */
  readonly hintOf: (run: string) => string;
  readonly items: StepItems | undefined;
  readonly stepsByRun: StepsByRun | undefined;
  /** The step that is looked at; undefined until it is known. */
  readonly step: number | undefined;
  readonly goTo: (step: number) => void;
  readonly isHeldBack: boolean;
  readonly open: (item: MediaItem) => void;
}

export interface GalleryLineProps extends ShownStep {
  readonly line: GalleryLine;
  readonly layout: TileLayout;
  readonly hasCaption: boolean;
  readonly group: PlayGroup;
}

export function LineOfTiles(props: GalleryLineProps) {
  return (
    <Show
      when={props.line.kind === "run" ? props.line : undefined}
      fallback={<RunsLine {...props} />}
    >
      {(line) => <RunLine {...props} run={line().run} from={line().from} />}
    </Show>
  );
}

/** A line of one run; its name stands beside the first. */
function RunLine(props: GalleryLineProps & { readonly run: string; readonly from: number }) {
  const items = () => props.items?.byRun.get(props.run);
  const of = () => props.media.runs.find(({ run }) => run === props.run);
  /** Until they are there, as many frames as the step with most has. */
  const places = () => {
    const count = props.items === undefined ? (of()?.mostAtOnce ?? 0) : (items()?.length ?? 0);
    return Math.max(0, Math.min(props.layout.columns, count - props.from));
  };
  const isMissing = () => props.items !== undefined && items() === undefined && props.from === 0;
  return (
    <div class="mx">
      <Show when={props.from === 0} fallback={<span />}>
        <RunName run={props.runsById.get(props.run)} hint={props.hintOf(props.run)} />
      </Show>
      <div class="tiles" style={columnsStyle(props.layout, false)}>
        <Show when={isMissing()}>
          <Missing {...props} run={props.run} />
        </Show>
        <Index each={Array.from({ length: places() })}>
          {(_, place) => {
            const item = () => items()?.[props.from + place];
            return (
              <MediaTile
                item={item()}
                mediaKey={props.media.key}
                runName={props.runsById.get(props.run)?.name}
                layout={props.layout}
                group={props.group}
                isHeldBack={props.isHeldBack}
                open={props.open}
                caption={
                  <Show when={props.hasCaption}>
                    <Caption text={item()?.fields.caption} />
                  </Show>
                }
              />
            );
          }}
        </Index>
      </div>
    </div>
  );
}

/** A line of runs that have one item each: their names stand below. */
function RunsLine(props: GalleryLineProps) {
  const runs = () => (props.line.kind === "runs" ? props.line.runs : []);
  return (
    <div class="tiles" style={columnsStyle(props.layout, false)}>
      <Index each={runs()}>
        {(run) => {
          const item = () => props.items?.byRun.get(run())?.[0];
          const isMissing = () => props.items !== undefined && item() === undefined;
          const known = () => props.runsById.get(run());
          return (
            <Show
              when={!isMissing()}
              fallback={
                <Missing {...props} run={run()}>
                  <RunCaption run={known()} hint={props.hintOf(run())} />
                </Missing>
              }
            >
              <MediaTile
                item={item()}
                mediaKey={props.media.key}
                runName={known()?.name}
                layout={props.layout}
                group={props.group}
                isHeldBack={props.isHeldBack}
                open={props.open}
                caption={
                  <>
                    <RunCaption run={known()} hint={props.hintOf(run())} />
                    <Show when={props.hasCaption}>
                      <Caption text={item()?.fields.caption} />
                    </Show>
                  </>
                }
              />
            </Show>
          );
        }}
      </Index>
    </div>
  );
}

/** The frame of a run that has nothing at this step: where it has, one click away. */
function Missing(
  props: GalleryLineProps & { readonly run: string; readonly children?: JSX.Element },
) {
  const nearest = () => {
    const steps = props.stepsByRun?.get(props.run) ?? [];
    return props.step === undefined ? undefined : nearestStep(steps, props.step);
  };
  return (
    <div class="tile">
      <button
        type="button"
        class="frame missing"
        style={{ height: `${props.layout.frameHeight}px` }}
        disabled={nearest() === undefined}
        title={`Nothing at step ${formatStep(props.step ?? 0)}`}
        onClick={() => nearest() !== undefined && props.goTo(nearest()!)}
      >
        <Show when={nearest() !== undefined} fallback="nothing here">
          <span>
            nearest: <span class="link">{formatStep(nearest()!)}</span>
          </span>
        </Show>
      </button>
      {props.children}
    </div>
  );
}

function RunName(props: { readonly run: Run | undefined; readonly hint: string }) {
  return (
    <div class="who" title={`${props.run?.name ?? ""}\n${props.hint}`}>
      <RunSample number={props.run?.number ?? 0} />
      <span class="names">
        <span class="cut">{props.run?.name}</span>
        <span class="dim">{props.hint}</span>
      </span>
    </div>
  );
}

function RunCaption(props: { readonly run: Run | undefined; readonly hint: string }) {
  return (
    <span class="cap of-run" title={`${props.run?.name ?? ""}\n${props.hint}`}>
      <RunSample number={props.run?.number ?? 0} />
      <span class="cut">{props.run?.name}</span>
    </span>
  );
}

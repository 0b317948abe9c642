/** What the runs shown have under a key at one step, run beside run. Only the lines near the window exist, and only they are asked for. */

import { createMemo, createSignal, Index, type JSX, onCleanup, onMount, Show } from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import type { VideoFields } from "../../../src/protocol/media.ts";
import { RunSample } from "../app/icons.tsx";
import { formatStep } from "../charts/format.ts";
import { nearestStep, type StepsByRun } from "../state/key-steps.ts";
import type { KeyedMedia } from "../state/media-facts.ts";
import type { MediaItem, StepItems } from "../state/step-items.ts";
import type { View } from "../state/url-state.ts";
import { Caption, isVideo, MediaTile } from "./media-tile.tsx";
import { PlayBar } from "./play-bar.tsx";
import { PlayGroup } from "./play-group.ts";
import {
  aspectOf,
  type GalleryLine,
  galleryLines,
  hasManyAtOnce,
  sharedCaptions,
  type TileKind,
  type TileLayout,
  tileLayout,
  WHO_LINE_PX,
} from "./tile-layout.ts";
import { VirtualLines } from "./virtual-lines.tsx";

export interface StepGalleryProps {
  readonly media: KeyedMedia;
  readonly kind: TileKind;
  readonly runsById: ReadonlyMap<string, Run>;
  /** What tells a run from the others, in few words. */
  readonly hintOf: (run: string) => string;
  readonly items: StepItems | undefined;
  readonly stepsByRun: StepsByRun | undefined;
  /** The step that is looked at; undefined until it is known. */
  readonly step: number | undefined;
  readonly goTo: (step: number) => void;
  readonly size: View["pictureSize"];
  readonly scroll: () => HTMLElement;
  readonly isHeldBack: boolean;
  readonly open: (item: MediaItem) => void;
}

export function StepGallery(props: StepGalleryProps) {
  let box!: HTMLDivElement;
  const [width, setWidth] = createSignal(0);
  onMount(() => {
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    setWidth(box.clientWidth);
    onCleanup(() => observer.disconnect());
  });
  const group = new PlayGroup();
  onCleanup(() => group.pause());
  const all = createMemo(() => [...(props.items?.byRun.values() ?? [])].flat());
  const isMany = () => hasManyAtOnce(props.media);
  const heads = createMemo(() => {
    const { items } = props;
    return isMany() && items ? sharedCaptions(items) : undefined;
  });
  const hasCaptions = createMemo(() => all().some(({ fields }) => fields.caption !== undefined));
  // Frames keep the shape of the first picture that was seen: another step moves nothing.
  const aspect = createMemo<number | undefined>((known) =>
    known !== undefined || all().length === 0 ? known : aspectOf(all()),
  );
  const layout = createMemo(() =>
    tileLayout({
      kind: props.kind,
      size: props.size,
      width: width(),
      hasWho: isMany(),
      aspect: aspect() ?? (props.kind === "video" ? 4 / 3 : 1),
      captionLines: (isMany() ? 0 : 1) + (hasCaptions() && !showsHeads() ? 1 : 0),
    }),
  );
  const showsHeads = () => {
    const shared = heads();
    return shared !== undefined && shared.length <= columnsOfOneLine();
  };
  const columnsOfOneLine = () =>
    tileLayout({
      kind: props.kind,
      size: props.size,
      width: width(),
      hasWho: true,
      aspect: 1,
      captionLines: 0,
    }).columns;
  const lines = createMemo(() => galleryLines(props.media, layout().columns));
  const heightOf = createMemo(() => {
    const { lineHeight, isNarrow } = layout();
    const named = lines();
    return (index: number) => {
      const line = named[index];
      const hasName = isNarrow && line?.kind === "run" && line.from === 0;
      return lineHeight + (hasName ? WHO_LINE_PX : 0);
    };
  });
  const fps = () => all().find((item) => (item.fields as VideoFields).fps !== undefined)?.fields;
  return (
    <div class={`media-row ${layout().isNarrow ? "narrow" : ""}`}>
      <Show when={all().some(isVideo)}>
        <PlayBar group={group} fps={(fps() as VideoFields | undefined)?.fps} />
      </Show>
      <Show when={showsHeads()}>
        <div class="heads" style={columnsStyle(layout(), true)} aria-hidden="true">
          <Index each={heads()}>{(text) => <Caption text={text()} />}</Index>
        </div>
      </Show>
      <div ref={box}>
        <Show when={width() > 0}>
          <VirtualLines scroll={props.scroll} count={lines().length} heightOf={heightOf()}>
            {(index) => (
              <Show when={lines()[index]}>
                {(line) => (
                  <Line
                    {...props}
                    line={line()}
                    layout={layout()}
                    hasCaption={hasCaptions() && !showsHeads()}
                    group={group}
                  />
                )}
              </Show>
            )}
          </VirtualLines>
        </Show>
      </div>
    </div>
  );
}

function columnsStyle(layout: TileLayout, isBesideNames: boolean) {
  return {
    "grid-template-columns": `repeat(${layout.columns}, ${layout.tileWidth}px)`,
    "margin-left": isBesideNames && !layout.isNarrow ? "calc(132px + var(--s3))" : "0",
  };
}

interface LineProps extends StepGalleryProps {
  readonly line: GalleryLine;
  readonly layout: TileLayout;
  readonly hasCaption: boolean;
  readonly group: PlayGroup;
}

function Line(props: LineProps) {
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
function RunLine(props: LineProps & { readonly run: string; readonly from: number }) {
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
function RunsLine(props: LineProps) {
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
function Missing(props: LineProps & { readonly run: string; readonly children?: JSX.Element }) {
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

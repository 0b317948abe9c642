/** What the runs shown have under a key at one step, run beside run. Only the lines near the window exist, and only they are asked for. */

import { createMemo, createSignal, Index, onCleanup, onMount, Show } from "solid-js";
import type { VideoFields } from "../../../src/protocol/media.ts";
import type { View } from "../state/url-state.ts";
import { columnsStyle, LineOfTiles, type ShownStep } from "./gallery-line.tsx";
import { Caption, isVideo } from "./media-tile.tsx";
import { PlayBar } from "./play-bar.tsx";
import { PlayGroup } from "./play-group.ts";
import {
  aspectOf,
  galleryLines,
  hasManyAtOnce,
  isSharingCaptions,
  sameLayout,
  type TileKind,
  tileLayout,
  WHO_LINE_PX,
} from "./tile-layout.ts";
import { VirtualLines } from "./virtual-lines.tsx";

export interface StepGalleryProps extends ShownStep {
  readonly kind: TileKind;
  readonly size: View["pictureSize"];
  readonly scroll: () => HTMLElement;
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
  // Frames keep the shape of the pictures that were seen first, captions the place where they stood first: another step moves nothing.
  const aspect = createMemo<number | undefined>((known) =>
    known !== undefined || all().length === 0 ? known : aspectOf(all()),
  );
  const captions = createMemo<"none" | "shared" | "own">((known) => {
    if (known === "own" || !all().some(({ fields }) => fields.caption !== undefined)) return known;
    const isShared = isMany() && props.media.runs.length > 1 && isSharingCaptions(props.items!);
    return isShared ? "shared" : "own";
  }, "none");
  const layoutWith = (captionLines: number) =>
    tileLayout({
      kind: props.kind,
      size: props.size,
      width: width(),
      hasWho: isMany(),
      aspect: aspect() ?? (props.kind === "video" ? 4 / 3 : 1),
      captionLines: captionLines + (isMany() ? 0 : 1),
      mostAtOnce: isMany() ? Math.max(...props.media.runs.map((run) => run.mostAtOnce)) : 0,
    });
  /** Captions over the columns, where all runs share them and a run needs one line. */
  const hasHeads = createMemo(() => {
    const { columns, isNarrow } = layoutWith(0);
    const isOneLine = props.media.runs.every(({ mostAtOnce }) => mostAtOnce <= columns);
    return captions() === "shared" && isOneLine && !isNarrow;
  });
  const heads = () => props.items?.byRun.values().next().value ?? [];
  const hasOwnCaptions = () => captions() !== "none" && !hasHeads();
  /** Until it is known what there is, what the key was logged as tells. */
  const hasVideos = createMemo<boolean>(
    (known) => (all().length === 0 ? known : all().some(isVideo)),
    props.kind === "video",
  );
  const layout = createMemo(() => layoutWith(hasOwnCaptions() ? 1 : 0), undefined, {
    equals: (a, b) => a !== undefined && sameLayout(a, b),
  });
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
  const isAlone = () => props.media.runs.reduce((sum, run) => sum + run.mostAtOnce, 0) < 2;
  const fps = () => all().find(isVideo)?.fields as VideoFields | undefined;
  return (
    <div class={`media-row ${layout().isNarrow ? "narrow" : ""}`}>
      <Show when={hasVideos()}>
        <PlayBar group={group} fps={fps()?.fps} isAlone={isAlone()} />
      </Show>
      <Show when={hasHeads()}>
        <div class="heads" style={columnsStyle(layout(), true)} aria-hidden="true">
          <Index each={heads()}>{(item) => <Caption text={item().fields.caption} />}</Index>
        </div>
      </Show>
      <div ref={box}>
        <Show when={width() > 0}>
          <VirtualLines scroll={props.scroll} count={lines().length} heightOf={heightOf()}>
            {(index) => (
              <Show when={lines()[index]}>
                {(line) => (
                  <LineOfTiles
                    {...props}
                    line={line()}
                    layout={layout()}
                    hasCaption={hasOwnCaptions()}
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

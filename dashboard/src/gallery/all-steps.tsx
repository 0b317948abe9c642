/** All that the runs shown have under a key, newest first: one long grid, of which only what is near the window exists or is asked for. */

import {
  createEffect,
  createMemo,
  createSignal,
  Index,
  on,
  onCleanup,
  onMount,
  Show,
} from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import { RunSample } from "../app/icons.tsx";
import { formatStep } from "../charts/format.ts";
import { createAllItems } from "../state/all-items.ts";
import type { KeyedMedia } from "../state/media-facts.ts";
import { sameList } from "../state/same-list.ts";
import type { MediaItem } from "../state/step-items.ts";
import type { View } from "../state/url-state.ts";
import { Caption, MediaTile } from "./media-tile.tsx";
import { aspectOf, sameLayout, type TileKind, tileLayout } from "./tile-layout.ts";
import { VirtualLines } from "./virtual-lines.tsx";

export interface AllStepsProps {
  readonly project: string;
  readonly media: KeyedMedia;
  readonly kind: TileKind;
  readonly runsById: ReadonlyMap<string, Run>;
  readonly size: View["pictureSize"];
  readonly scroll: () => HTMLElement;
  readonly isHeldBack: boolean;
  readonly offline: () => void;
  readonly open: (item: MediaItem) => void;
}

export function AllSteps(props: AllStepsProps) {
  let box!: HTMLDivElement;
  const [width, setWidth] = createSignal(0);
  const runs = createMemo(() => props.media.runs.map(({ run }) => run), [], { equals: sameList });
  const count = () => props.media.runs.reduce((sum, { itemCount }) => sum + itemCount, 0);
  const list = createAllItems(
    () => ({ project: props.project, key: props.media.key, kind: props.kind, runs: runs() }),
    props.offline,
  );
  /** What there was when the list was begun; what came since is a click away, so that nothing moves. */
  const [begun, setBegun] = createSignal(count());
  createEffect(on(list.version, () => setBegun(count())));
  const total = () =>
    list.isWhole() ? list.items().length : Math.max(begun(), list.items().length);
  onMount(() => {
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    setWidth(box.clientWidth);
    onCleanup(() => observer.disconnect());
  });
  const hasCaptions = createMemo<boolean>(
    (known) => known || list.items().some(({ fields }) => fields.caption !== undefined),
    false,
  );
  const aspect = createMemo<number | undefined>((known) =>
    known !== undefined || list.items().length === 0 ? known : aspectOf(list.items()),
  );
  const layout = createMemo(
    () =>
      tileLayout({
        kind: props.kind,
        size: props.size,
        width: width(),
        hasWho: false,
        aspect: aspect() ?? (props.kind === "video" ? 4 / 3 : 1),
        captionLines: hasCaptions() ? 2 : 1,
      }),
    undefined,
    { equals: (a, b) => a !== undefined && sameLayout(a, b) },
  );
  const heightOf = createMemo(() => {
    const { lineHeight } = layout();
    return () => lineHeight;
  });
  const lineCount = () => Math.ceil(total() / layout().columns);
  const startAnew = () => {
    list.startAnew();
    props.scroll().scrollTo({ top: 0 });
  };
  return (
    <div class="media-row all-steps">
      <Show when={list.error()}>
        {(reason) => (
          <p class="side-note" role="alert">
            {reason()}{" "}
            <button type="button" class="link" onClick={list.retry}>
              Read again
            </button>
          </p>
        )}
      </Show>
      <Show when={count() > begun()}>
        <div class="newer" role="status">
          <button type="button" class="btn" onClick={startAnew}>
            Show {(count() - begun()).toLocaleString("en-US")} newer
          </button>
        </div>
      </Show>
      <div ref={box}>
        <Show when={width() > 0}>
          <VirtualLines
            scroll={props.scroll}
            count={lineCount()}
            heightOf={heightOf()}
            range={(_, last) => list.want((last + 1) * layout().columns)}
          >
            {(line) => (
              <div
                class="tiles"
                style={{
                  "grid-template-columns": `repeat(${layout().columns}, ${layout().tileWidth}px)`,
                }}
              >
                <Index
                  each={Array.from({
                    length: Math.min(layout().columns, total() - line * layout().columns),
                  })}
                >
                  {(_, place) => {
                    const item = () => list.items()[line * layout().columns + place];
                    return (
                      <MediaTile
                        item={item()}
                        mediaKey={props.media.key}
                        runName={props.runsById.get(item()?.run ?? "")?.name}
                        layout={layout()}
                        group={undefined}
                        isHeldBack={props.isHeldBack}
                        open={props.open}
                        caption={
                          <>
                            <StepCaption item={item()} runsById={props.runsById} />
                            <Show when={hasCaptions()}>
                              <Caption text={item()?.fields.caption} />
                            </Show>
                          </>
                        }
                      />
                    );
                  }}
                </Index>
              </div>
            )}
          </VirtualLines>
        </Show>
      </div>
    </div>
  );
}

function StepCaption(props: {
  readonly item: MediaItem | undefined;
  readonly runsById: ReadonlyMap<string, Run>;
}) {
  const run = () => props.item && props.runsById.get(props.item.run);
  return (
    <span
      class="cap of-run"
      title={props.item && `${run()?.name}, step ${formatStep(props.item.step)}`}
    >
      <Show when={props.item}>
        {(item) => (
          <>
            <RunSample number={run()?.number ?? 0} />
            <span class="cut">{formatStep(item().step)}</span>
          </>
        )}
      </Show>
    </span>
  );
}

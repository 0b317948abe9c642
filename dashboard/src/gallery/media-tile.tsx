/** One picture, video or sound in its frame, with its caption below. */

import { createSignal, type JSX, Match, Show, Switch } from "solid-js";
import type { ImageFields, VideoFields } from "../../../src/protocol/media.ts";
import { formatStep } from "../charts/format.ts";
import type { MediaItem } from "../state/step-items.ts";
import { AudioTile } from "./audio-tile.tsx";
import { BlobImage } from "./blob-image.tsx";
import { FileTile } from "./file-tile.tsx";
import type { PlayGroup } from "./play-group.ts";
import type { TileLayout } from "./tile-layout.ts";
import { VideoTile } from "./video-tile.tsx";
import type { Size } from "./zoom.ts";

export interface MediaTileProps {
  /** Undefined while it is being read: the frame stands. */
  readonly item: MediaItem | undefined;
  readonly mediaKey: string;
  /** Whose it is, for screen readers: to the eye its name stands beside or below. */
  readonly runName: string | undefined;
  readonly layout: Pick<TileLayout, "tileWidth" | "frameHeight">;
  /** Lines below the frame; absent: none. */
  readonly caption?: JSX.Element;
  /** Videos of a group play in step. */
  readonly group: PlayGroup | undefined;
  readonly isHeldBack: boolean;
  /** Shows it as large as the window. */
  readonly open: (item: MediaItem) => void;
}

const SMALL_PX = 140;

export function MediaTile(props: MediaTileProps) {
  /** As the file itself says, for records that do not. */
  const [ownSize, setOwnSize] = createSignal<Size>();
  const frame = () => ({ height: `${props.layout.frameHeight}px` });
  const label = (item: MediaItem) => {
    const text = describeItem(item, props.mediaKey);
    return props.runName === undefined ? text : `${text}, ${props.runName}`;
  };
  return (
    <div class="tile">
      <Show when={props.item} fallback={<span class="frame" style={frame()} />}>
        {(item) => (
          <Switch
            fallback={
              <button
                type="button"
                class="frame"
                style={frame()}
                aria-label={label(item())}
                onClick={() => props.open(item())}
              >
                <BlobImage
                  file={item().fields}
                  alt={describeItem(item(), props.mediaKey)}
                  isEnlarged={isEnlarged(item(), props.layout, ownSize())}
                  loaded={({ naturalWidth: width, naturalHeight: height }) =>
                    setOwnSize({ width, height })
                  }
                  isHeldBack={props.isHeldBack}
                  isSmall={props.layout.tileWidth < SMALL_PX}
                />
              </button>
            }
          >
            <Match when={!isShown(item())}>
              <FileTile item={item()} mediaKey={props.mediaKey} height={props.layout.frameHeight} />
            </Match>
            <Match when={isAudio(item())}>
              <AudioTile item={item()} label={label(item())} height={props.layout.frameHeight} />
            </Match>
            <Match when={isVideo(item())}>
              <VideoTile
                item={item()}
                label={label(item())}
                height={props.layout.frameHeight}
                isEnlarged={isEnlarged(item(), props.layout)}
                isSmall={props.layout.tileWidth < SMALL_PX}
                group={props.group}
                open={() => props.open(item())}
              />
            </Match>
          </Switch>
        )}
      </Show>
      {props.caption}
    </div>
  );
}

/** A line below a frame: cut where it is too long, whole in its title. */
export function Caption(props: { readonly text: string | undefined; readonly class?: string }) {
  return (
    <span class={`cap ${props.class ?? ""}`} title={props.text}>
      {props.text}
    </span>
  );
}

/** What a screen reader says of it: the caption, else the key; and the step. */
export function describeItem({ fields, step }: MediaItem, key: string): string {
  return `${fields.caption ?? key}, step ${formatStep(step)}`;
}

/** A GIF is shown as a picture whatever it was logged as. */
export function isVideo({ fields }: MediaItem): boolean {
  return fields.type.startsWith("video/");
}

/** Whether a browser shows it; all else is given as a download. */
export function isShown({ fields }: MediaItem): boolean {
  return /^(image|video|audio)\//.test(fields.type);
}

export function isAudio({ fields }: MediaItem): boolean {
  return fields.type.startsWith("audio/");
}

function isEnlarged(
  { fields }: MediaItem,
  { tileWidth, frameHeight }: Pick<TileLayout, "tileWidth" | "frameHeight">,
  own?: Size,
): boolean {
  const { width = own?.width, height = own?.height } = fields as ImageFields | VideoFields;
  if (width === undefined || height === undefined) return false;
  return Math.min(tileWidth / width, frameHeight / height) >= 1;
}

/** A video that plays in its frame on a click. It is asked for when it is seen; in a group it plays in step with the others. */

import { createEffect, createSignal, onCleanup, Show } from "solid-js";
import type { VideoFields } from "../../../src/protocol/media.ts";
import { Icon } from "../app/icons.tsx";
import type { MediaItem } from "../state/step-items.ts";
import { createBlobRetry, TroubleNote } from "./blob-image.tsx";
import type { PlayGroup } from "./play-group.ts";

export interface VideoTileProps {
  readonly item: MediaItem;
  readonly label: string;
  /** Of the frame, CSS pixels. */
  readonly height: number;
  readonly isEnlarged: boolean;
  readonly isSmall: boolean;
  readonly group: PlayGroup | undefined;
  readonly open: () => void;
}

/** A larger video shows its first frame, and is read when it is played. */
const MOST_AHEAD_BYTES = 4_000_000;

export function VideoTile(props: VideoTileProps) {
  let video!: HTMLVideoElement;
  const retried = createBlobRetry(() => props.item.fields, "video");
  const [isPlaying, setIsPlaying] = createSignal(false);
  const [share, setShare] = createSignal(0);
  const toggle = () => {
    // Alone it plays from where it is; while the group plays, a click stops the group.
    if (props.group?.isPlaying()) props.group.pause();
    else if (video.paused) void video.play().catch(() => retried.failed());
    else video.pause();
  };
  createEffect(() => onCleanup(props.group?.join(video) ?? (() => {})));
  onCleanup(() => {
    video.pause();
    video.removeAttribute("src");
    video.load();
  });
  return (
    <span class="frame video" style={{ height: `${props.height}px` }}>
      <video
        ref={video}
        class={props.isEnlarged ? "enlarged" : ""}
        src={retried.url()}
        preload={props.item.fields.bytes <= MOST_AHEAD_BYTES ? "auto" : "metadata"}
        muted
        playsinline
        loop={props.group === undefined || !props.group.isPlaying()}
        aria-label={props.label}
        hidden={retried.trouble() !== undefined}
        onClick={toggle}
        onDblClick={() => props.open()}
        onPlay={() => setIsPlaying(true)}
        onPause={() => setIsPlaying(false)}
        onTimeUpdate={() => setShare(video.currentTime / video.duration)}
        onError={retried.failed}
        onLoadedMetadata={retried.arrived}
      />
      <TroubleNote trouble={retried.trouble()} alt={props.label} isSmall={props.isSmall} />
      <Show when={retried.trouble() === undefined}>
        <button
          type="button"
          class="play"
          aria-label={`${isPlaying() ? "Pause" : "Play"}: ${props.label}`}
          onClick={toggle}
        >
          <Icon name={isPlaying() ? "pause" : "play"} />
        </button>
        <button
          type="button"
          class="play enlarge"
          aria-label={`Enlarge: ${props.label}`}
          title="Enlarge"
          onClick={() => props.open()}
        >
          <Icon name="expand" />
        </button>
        <Show when={length(props.item)}>{(text) => <span class="len">{text()}</span>}</Show>
        <span class="at" aria-hidden="true">
          <i style={{ width: `${(Number.isFinite(share()) ? share() : 0) * 100}%` }} />
        </span>
      </Show>
    </span>
  );
}

function length({ fields }: MediaItem): string | undefined {
  const { frames, fps } = fields as VideoFields;
  return frames === undefined || fps === undefined ? undefined : formatPlayTime(frames / fps);
}

/** Seconds as 0:03.2. */
export function formatPlayTime(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const [minutes, rest] = [Math.floor(tenths / 600), tenths % 600];
  return `${minutes}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
}

/** A picture, a video or a sound as large as its stage: a picture can be zoomed, the others have the browser's own player. */

import { createEffect, Match, onCleanup, Switch } from "solid-js";
import type { MediaItem } from "../state/step-items.ts";
import { createBlobRetry, TroubleNote } from "./blob-image.tsx";
import { FileTile } from "./file-tile.tsx";
import { describeItem, isAudio, isShown, isVideo } from "./media-tile.tsx";
import type { Size } from "./zoom.ts";
import { ZoomStage } from "./zoom-stage.tsx";

/** How large a file turned out to be when it was there; a record need not say it. */
export interface ShownSize extends Size {
  readonly blob: string;
}

/** What is known of `item`, and of no file that was shown before. */
export function sizeFor(item: MediaItem, shown: ShownSize | undefined): Size | undefined {
  return shown?.blob === item.fields.blob ? shown : undefined;
}

export interface LargeMediaProps {
  readonly item: MediaItem;
  readonly mediaKey: string;
  readonly tellPercent: (percent: string) => void;
  readonly tellSize: (size: ShownSize) => void;
}

export function LargeMedia(props: LargeMediaProps) {
  const label = () => describeItem(props.item, props.mediaKey);
  const isPlayed = () => isVideo(props.item) || isAudio(props.item);
  createEffect(() => (isPlayed() || !isShown(props.item)) && props.tellPercent(""));
  return (
    <Switch fallback={<ZoomStage {...props} label={label()} />}>
      <Match when={!isShown(props.item)}>
        <FileTile item={props.item} mediaKey={props.mediaKey} />
      </Match>
      <Match when={isPlayed()}>
        <Played item={props.item} label={label()} tellSize={props.tellSize} />
      </Match>
    </Switch>
  );
}

function Played(props: Pick<LargeMediaProps, "item" | "tellSize"> & { readonly label: string }) {
  let element!: HTMLVideoElement;
  const retried = createBlobRetry(() => props.item.fields, "video");
  onCleanup(() => element.pause());
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: what was logged has no text track; its caption stands below */}
      <video
        ref={element}
        class={isAudio(props.item) ? "large sound" : "large enlarged"}
        src={retried.url()}
        controls
        loop
        playsinline
        autoplay={!matchMedia("(prefers-reduced-motion: reduce)").matches}
        aria-label={props.label}
        hidden={retried.trouble() !== undefined}
        onError={retried.failed}
        onLoadedMetadata={() => {
          retried.arrived();
          const { videoWidth: width, videoHeight: height } = element;
          props.tellSize({ blob: props.item.fields.blob, width, height });
        }}
      />
      <TroubleNote trouble={retried.trouble()} alt={props.label} isSmall={false} />
    </>
  );
}

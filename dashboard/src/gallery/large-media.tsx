/** A picture, a video or a sound as large as its stage: a picture can be zoomed, the others have the browser's own player. */

import { createEffect, Match, onCleanup, Switch } from "solid-js";
import type { MediaItem } from "../state/step-items.ts";
import { createBlobRetry, TroubleNote } from "./blob-image.tsx";
import { FileTile } from "./file-tile.tsx";
import { describeItem, isAudio, isShown, isVideo } from "./media-tile.tsx";
import { ZoomStage } from "./zoom-stage.tsx";

export function LargeMedia(props: {
  readonly item: MediaItem;
  readonly mediaKey: string;
  readonly tellPercent: (percent: string) => void;
}) {
  const label = () => describeItem(props.item, props.mediaKey);
  const isPlayed = () => isVideo(props.item) || isAudio(props.item);
  createEffect(() => (isPlayed() || !isShown(props.item)) && props.tellPercent(""));
  return (
    <Switch fallback={<ZoomStage {...props} label={label()} />}>
      <Match when={!isShown(props.item)}>
        <FileTile item={props.item} mediaKey={props.mediaKey} />
      </Match>
      <Match when={isPlayed()}>
        <Played item={props.item} label={label()} />
      </Match>
    </Switch>
  );
}

function Played(props: { readonly item: MediaItem; readonly label: string }) {
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
        onLoadedMetadata={retried.arrived}
      />
      <TroubleNote trouble={retried.trouble()} alt={props.label} isSmall={false} />
    </>
  );
}

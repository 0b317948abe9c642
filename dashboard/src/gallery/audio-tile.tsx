/** A sound: the browser's own player. Its bytes are asked for when it is played. */

import { Show } from "solid-js";
import type { MediaItem } from "../state/step-items.ts";
import { createBlobRetry, TroubleNote } from "./blob-image.tsx";

export function AudioTile(props: {
  readonly item: MediaItem;
  readonly label: string;
  readonly height: number;
}) {
  const retried = createBlobRetry(() => props.item.fields, "sound");
  return (
    <span class="frame sound" style={{ height: `${props.height}px` }}>
      <Show
        when={retried.trouble() === undefined}
        fallback={<TroubleNote trouble={retried.trouble()} alt={props.label} isSmall={false} />}
      >
        {/* biome-ignore lint/a11y/useMediaCaption: what was logged has no text track; its caption stands below */}
        <audio
          controls
          preload="metadata"
          src={retried.url()}
          aria-label={props.label}
          onError={retried.failed}
          onLoadedMetadata={retried.arrived}
        />
      </Show>
    </span>
  );
}

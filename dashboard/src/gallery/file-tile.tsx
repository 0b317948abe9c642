/** A file that the page does not show, e.g. HTML or a 3D model: its name, and its bytes a click away. */

import { blobUrl } from "../api/client.ts";
import { Icon } from "../app/icons.tsx";
import type { MediaItem } from "../state/step-items.ts";
import { describeBlob, fileName } from "./blob-words.ts";

export function FileTile(props: {
  readonly item: MediaItem;
  readonly mediaKey: string;
  /** Of the frame, CSS pixels. */
  readonly height?: number;
}) {
  const name = () => fileName(props.mediaKey, props.item);
  return (
    <a
      class="frame file"
      style={props.height === undefined ? {} : { height: `${props.height}px` }}
      href={blobUrl(props.item.fields, name())}
      download=""
      title={`Download ${name()}`}
    >
      <Icon name="file" />
      <span class="cut">{name()}</span>
      <span class="dim">{describeBlob(props.item.fields)}</span>
      <Icon name="download" />
    </a>
  );
}

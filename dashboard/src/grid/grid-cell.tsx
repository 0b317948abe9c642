/** A cell: text, a number, a picture. What is not there yet is empty. */

import { createMemo, createSignal, Show } from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import type { ImageFields, MediaRef } from "../../../src/protocol/media.ts";
import { blobUrl } from "../api/client.ts";
import { Icon, RunSample } from "../app/icons.tsx";
import { formatStep } from "../charts/format.ts";
import { BlobImage } from "../gallery/blob-image.tsx";
import { cellMedia, cellText } from "./cell-text.ts";
import type { GridColumn } from "./grid-columns.ts";
import type { RowBook } from "./row-book.ts";

export interface GridCellProps {
  readonly book: RowBook;
  /** Rises as rows arrive. */
  readonly version: number;
  readonly row: number;
  readonly column: GridColumn;
  readonly index: number;
  readonly leftPx: number;
  readonly widthPx: number;
  readonly isActive: boolean;
  readonly isRushing: boolean;
  readonly id: string;
  readonly runOf: (id: string) => Run | undefined;
}

export function GridCell(props: GridCellProps) {
  const value = createMemo(() => {
    props.version;
    return props.book.cell(props.row, props.column.place);
  });
  const media = createMemo(() => (props.column.hasMedia ? cellMedia(value()) : undefined));
  const shown = createMemo(() => {
    const json = value();
    return json === undefined || media() ? undefined : cellText(json, props.column.digits);
  });
  const place = createMemo(() => {
    props.version;
    return props.column.kind === "value" ? undefined : props.book.row(props.row);
  });
  const source = () => props.book.facts.sources[place()?.source ?? -1];
  const look = () => {
    if (props.column.kind !== "value") return props.column.kind === "run" ? "origin" : "number dim";
    return media() ? "pic" : (shown()?.look ?? "");
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: cells are placed by hand; the grid has the focus and names the active one
    <div
      id={props.id}
      class={`tg-td ${props.column.isNumber ? "num" : ""} ${look()}`}
      role="gridcell"
      aria-colindex={props.index + 1}
      aria-selected={props.isActive}
      style={{ left: `${props.leftPx}px`, width: `${props.widthPx}px` }}
    >
      {shown()?.text}
      <Show when={media()}>
        {(picture) => <MediaThumb media={picture()} isHeldBack={props.isRushing} />}
      </Show>
      <Show when={place()}>
        <OriginText
          column={props.column}
          row={place()!.row}
          run={props.runOf(source()?.run ?? "")}
          step={source()?.step}
        />
      </Show>
    </div>
  );
}

function OriginText(props: {
  readonly column: GridColumn;
  readonly row: number;
  readonly run: Run | undefined;
  readonly step: number | undefined;
}) {
  return (
    <Show
      when={props.column.kind === "run"}
      fallback={props.column.kind === "row" ? String(props.row) : formatStep(props.step ?? 0)}
    >
      <RunSample number={props.run?.number ?? 0} />
      <span class="cut" title={props.run?.name}>
        {props.run?.name}
      </span>
    </Show>
  );
}

function MediaThumb(props: { readonly media: MediaRef; readonly isHeldBack: boolean }) {
  const fields = () => props.media.fields as ImageFields;
  const label = () => fields().caption ?? props.media.kind;
  const [isEnlarged, setIsEnlarged] = createSignal(false);
  return (
    <Show
      when={fields().type.startsWith("image/")}
      fallback={<PlayedThumb media={props.media} isHeldBack={props.isHeldBack} />}
    >
      <span class="tg-thumb" title={label()}>
        <BlobImage
          file={fields()}
          alt={label()}
          isHeldBack={props.isHeldBack}
          isEnlarged={isEnlarged()}
          isSmall
          loaded={({ naturalWidth, naturalHeight, clientWidth, clientHeight }) =>
            setIsEnlarged(naturalWidth < clientWidth && naturalHeight < clientHeight)
          }
        />
      </span>
    </Show>
  );
}

/** A video by its first frame, a sound by its sign. */
function PlayedThumb(props: { readonly media: MediaRef; readonly isHeldBack: boolean }) {
  const fields = () => props.media.fields as ImageFields;
  const label = () => fields().caption ?? props.media.kind;
  const begun = createMemo<boolean>((before) => before || !props.isHeldBack, false);
  return (
    <span class="tg-thumb played" title={label()}>
      <Show when={begun() && fields().type.startsWith("video/")}>
        <video
          src={`${blobUrl(fields())}#t=0.001`}
          preload="metadata"
          muted
          playsinline
          tabIndex={-1}
          aria-label={label()}
        />
      </Show>
      <Icon name={/^(video|audio)\//.test(fields().type) ? "play" : "file"} />
    </span>
  );
}

/** A picture, video or sound of a cell as large as the window. Arrows walk the rows of its column, and the pictures of its row. */

import { createMemo, createSignal, onMount, Show } from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import type { BlobHash, ImageFields } from "../../../src/protocol/media.ts";
import { blobUrl } from "../api/client.ts";
import { Icon, RunSample } from "../app/icons.tsx";
import { formatStep } from "../charts/format.ts";
import { describeBlob, fileName } from "../gallery/blob-words.ts";
import { LargeMedia, type ShownSize, sizeFor } from "../gallery/large-media.tsx";
import { LightboxCaption } from "../gallery/lightbox-caption.tsx";
import type { MediaItem } from "../state/step-items.ts";
import { cellMedia } from "./cell-text.ts";
import type { GridColumn } from "./grid-columns.ts";
import type { GridPlace } from "./grid-keys.ts";
import type { RowBook } from "./row-book.ts";

export interface CellLightboxProps {
  readonly book: RowBook;
  /** Rises as rows arrive. */
  readonly version: number;
  readonly columns: readonly GridColumn[];
  /** The cell that was opened; `column` is its place among `columns`. */
  readonly begin: GridPlace;
  readonly tableKey: string;
  readonly runOf: (id: string) => Run | undefined;
  readonly close: () => void;
}

const NOTHING: MediaItem = {
  run: "",
  step: 0,
  time: 0,
  index: 0,
  fields: { blob: "" as BlobHash, type: "image/png", bytes: 0 },
};
/** A row without a picture is stepped over, this many of them. */
const FARTHEST = 200;

export function CellLightbox(props: CellLightboxProps) {
  let dialog!: HTMLDialogElement;
  const [place, setPlace] = createSignal(props.begin);
  const [percent, setPercent] = createSignal("");
  const [size, setSize] = createSignal<ShownSize>();
  const mediaAt = ({ row, column }: GridPlace) => {
    props.version;
    const one = props.columns[column];
    return one && one.place >= 0 ? cellMedia(props.book.cell(row, one.place)) : undefined;
  };
  /** What is shown stays where its row is read anew. */
  const item = createMemo<MediaItem>((last) => {
    const media = mediaAt(place());
    if (!media) return last;
    const { row, source } = props.book.row(place().row) ?? { row: 0, source: 0 };
    const { run = "", step = 0 } = props.book.facts.sources[source] ?? {};
    return { run, step, time: 0, index: row, fields: media.fields as ImageFields };
  }, NOTHING);
  const run = () => props.runOf(item().run);
  const columnName = () => props.columns[place().column]?.title ?? "";
  const walk = (rows: number, columns: number) => {
    let next = place();
    for (let i = 0; i < FARTHEST; i += 1) {
      next = { row: next.row + rows, column: next.column + columns };
      if (next.column < 0 || next.column >= props.columns.length) return;
      if (next.row < 0 || next.row >= props.book.facts.rowCount) return;
      if (!mediaAt(next)) continue;
      setPlace(next);
      const at = Math.max(0, props.columns[next.column]!.place);
      props.book.see({ first: next.row, last: next.row, firstColumn: at, lastColumn: at });
      return;
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target instanceof HTMLMediaElement) return;
    const move = (
      { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] } as const
    )[event.key as "ArrowUp"];
    if (!move) return;
    event.preventDefault();
    walk(move[0], move[1]);
  };
  onMount(() => dialog.showModal());
  return (
    <dialog
      ref={dialog}
      class="lightbox"
      aria-label={`${columnName()}, enlarged`}
      onClose={props.close}
      onKeyDown={onKeyDown}
    >
      <header class="lightbox-bar">
        <RunSample number={run()?.number ?? 0} />
        <b class="cut">{run()?.name}</b>
        <span class="dim cut">
          {props.tableKey} · {columnName()}
        </span>
        <span class="dim">step {formatStep(item().step)}</span>
        <span class="grow" />
        <span class="dim" aria-live="polite">
          row {item().index}
        </span>
        <a
          class="icon"
          href={blobUrl(item().fields, fileName(`${props.tableKey}_${columnName()}`, item()))}
          download=""
          aria-label="Download"
          title="Download"
        >
          <Icon name="download" />
        </a>
        <button type="button" class="icon" aria-label="Close" onClick={() => dialog.close()}>
          <Icon name="close" />
        </button>
      </header>
      <div class="lightbox-stage">
        <LargeMedia
          item={item()}
          mediaKey={columnName()}
          tellPercent={setPercent}
          tellSize={setSize}
        />
      </div>
      <footer class="lightbox-bar">
        <LightboxCaption text={item().fields.caption} />
        <span class="grow" />
        <span class="dim">
          {describeBlob(item().fields, sizeFor(item(), size()))}
          <Show when={percent()}>{` · ${percent()}`}</Show>
        </span>
        <span class="dim not-s not-m">Arrows: rows and columns. Esc: back.</span>
      </footer>
    </dialog>
  );
}

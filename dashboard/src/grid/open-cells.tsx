/** Cells that are opened or copied: a value in a panel, a picture as large as the window. */

import { type Accessor, createSignal, Show } from "solid-js";
import type { Run } from "../../../src/protocol/api.ts";
import type { Json } from "../../../src/protocol/json.ts";
import { CellLightbox } from "./cell-lightbox.tsx";
import { CellPanel } from "./cell-panel.tsx";
import { cellMedia, cutText, wholeText } from "./cell-text.ts";
import type { GridColumn } from "./grid-columns.ts";
import type { GridPlace } from "./grid-keys.ts";
import type { RowBook } from "./row-book.ts";

interface OpenValue {
  readonly book: RowBook;
  readonly row: number;
  readonly column: GridColumn;
  readonly value: Json;
  /** The cell, in the window. */
  readonly box: DOMRect;
}

export interface CellOpening {
  readonly value: Accessor<OpenValue | undefined>;
  readonly picture: Accessor<GridPlace | undefined>;
  readonly open: (row: number, column: GridColumn, box: DOMRect) => void;
  readonly copy: (row: number, column: GridColumn, data: DataTransfer | null) => void;
  readonly close: () => void;
}

const COPY_WITHIN_MS = 10_000;

export function createOpenCells(options: {
  readonly book: Accessor<RowBook | undefined>;
  readonly columns: Accessor<readonly GridColumn[]>;
  /** The focus goes back. */
  readonly closed: () => void;
}): CellOpening {
  const [value, setValue] = createSignal<OpenValue | undefined>();
  const [picture, setPicture] = createSignal<GridPlace | undefined>();
  return {
    value,
    picture,
    open: (row, column, box) => {
      const book = options.book();
      const json = book?.cell(row, column.place);
      if (!book || json === undefined) return;
      if (cellMedia(json)) setPicture({ row, column: options.columns().indexOf(column) });
      else setValue({ book, row, column, value: json, box });
    },
    copy: (row, column, data) => {
      const book = options.book();
      const json = book?.cell(row, column.place);
      if (!book || json === undefined) return;
      data?.setData("text/plain", wholeText(json));
      if (!cutText(json)) return;
      const write = (whole: Json) => navigator.clipboard.writeText(wholeText(whole));
      // Where the rest cannot be had, its beginning is what was copied.
      const call = AbortSignal.timeout(COPY_WITHIN_MS);
      void book
        .whole(row, column.place, call)
        .then(write)
        .catch(() => {});
    },
    close: () => {
      setValue(undefined);
      setPicture(undefined);
      options.closed();
    },
  };
}

/** What is open, over the table. */
export function OpenCells(props: {
  readonly cells: CellOpening;
  readonly book: RowBook | undefined;
  /** Rises as rows arrive. */
  readonly version: number;
  readonly columns: readonly GridColumn[];
  readonly tableKey: string;
  readonly runOf: (id: string) => Run | undefined;
}) {
  return (
    <>
      <Show when={props.cells.value()} keyed>
        {(cell) => (
          <CellPanel
            title={cell.column.title}
            value={cell.value}
            readWhole={(signal) =>
              cutText(cell.value)
                ? cell.book.whole(cell.row, cell.column.place, signal)
                : Promise.resolve(cell.value)
            }
            box={cell.box}
            close={props.cells.close}
          />
        )}
      </Show>
      <Show when={props.book && props.cells.picture()} keyed>
        {(begin) => (
          <CellLightbox
            book={props.book!}
            version={props.version}
            columns={props.columns}
            begin={begin}
            tableKey={props.tableKey}
            runOf={props.runOf}
            close={props.cells.close}
          />
        )}
      </Show>
    </>
  );
}

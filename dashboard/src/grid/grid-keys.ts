/** What keys do in a grid: arrows move, Page and End move far, Enter opens. */

export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

export interface GridKeysOptions {
  readonly active: () => GridPlace;
  readonly size: () => { readonly rows: number; readonly columns: number; readonly page: number };
  readonly go: (place: GridPlace) => void;
  readonly open: (place: GridPlace) => void;
}

export function gridKeys({ active, size, go, open }: GridKeysOptions) {
  return (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    // Fields and edges of the head have keys of their own.
    if (event.target !== event.currentTarget || event.altKey) return;
    const isFar = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" || (event.key === " " && !isFar)) {
      event.preventDefault();
      open(active());
      return;
    }
    const next = placeAfter(active(), event.key, isFar, size());
    if (next === undefined) return;
    event.preventDefault();
    go(next);
  };
}

/** Undefined: the key does not move. */
export function placeAfter(
  { row, column }: GridPlace,
  key: string,
  isFar: boolean,
  {
    rows,
    columns,
    page,
  }: { readonly rows: number; readonly columns: number; readonly page: number },
): GridPlace | undefined {
  const far = isFar ? Number.POSITIVE_INFINITY : 1;
  const moves: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
    ArrowUp: [-far, 0],
    ArrowDown: [far, 0],
    ArrowLeft: [0, -far],
    ArrowRight: [0, far],
    PageUp: [-page, 0],
    PageDown: [page, 0],
    Home: [Number.NEGATIVE_INFINITY, 0],
    End: [Number.POSITIVE_INFINITY, 0],
  };
  const move = moves[key];
  if (move === undefined) return undefined;
  const within = (place: number, count: number) => Math.max(0, Math.min(count - 1, place));
  return { row: within(row + move[0], rows), column: within(column + move[1], columns) };
}

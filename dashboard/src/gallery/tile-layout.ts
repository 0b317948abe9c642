/** How pictures, videos and sounds are laid out: sizes follow the window and the key alone, never what arrives, so that nothing jumps. */

import type { ImageFields, MediaKind } from "../../../src/protocol/media.ts";
import type { KeyedMedia } from "../state/media-facts.ts";
import { sameList } from "../state/same-list.ts";
import type { MediaItem, StepItems } from "../state/step-items.ts";
import type { View } from "../state/url-state.ts";

export type TileKind = Exclude<MediaKind, "table">;

/** All in CSS pixels. */
export interface TileLayout {
  readonly columns: number;
  readonly tileWidth: number;
  readonly frameHeight: number;
  /** Frame, caption and gap together. */
  readonly lineHeight: number;
  /** The names of runs stand above their lines instead of beside them. */
  readonly isNarrow: boolean;
}

/** Between tiles. */
export const GAP_PX = 8;
/** Below a line. */
const LINE_GAP_PX = 12;
/** The column of run names beside the tiles, and the gap behind it. */
export const WHO_PX = 132 + 12;
/** A run's name above its lines. */
export const WHO_LINE_PX = 24;
export const CAPTION_PX = 20;
/** Of a player, or of a file's name. */
const BAR_PX = 40;
const NARROW_PX = 720;

type Size = View["pictureSize"];
/** Tiles side by side: in a narrow window, in a middling one, in a wide one. */
const COLUMNS: Record<TileKind, Record<Size, readonly [number, number, number]>> = {
  image: { s: [6, 9, 12], m: [4, 6, 8], l: [2, 3, 4] },
  video: { s: [3, 4, 6], m: [2, 3, 4], l: [1, 2, 2] },
  audio: { s: [1, 3, 4], m: [1, 2, 3], l: [1, 1, 2] },
  file: { s: [1, 3, 4], m: [1, 2, 3], l: [1, 1, 2] },
};
const MIDDLING_PX = 560;
const WIDE_PX = 900;

export interface TileLayoutOptions {
  readonly kind: TileKind;
  readonly size: Size;
  /** Of all that lies between the page's paddings. */
  readonly width: number;
  /** Run names have a column of their own. */
  readonly hasWho: boolean;
  /** Width by height of a frame. */
  readonly aspect: number;
  readonly captionLines: number;
  /** Items of the step that has most; absent: they belong to no line. */
  readonly mostAtOnce?: number;
}

/** So many times as many columns at most, where a run's items then need one line instead of two. */
const MOST_MORE_COLUMNS = 4 / 3;

export function tileLayout(options: TileLayoutOptions): TileLayout {
  const { kind, size, hasWho, aspect, captionLines, mostAtOnce = 0 } = options;
  const isNarrow = options.width < NARROW_PX - 24;
  const width = Math.max(80, options.width - (hasWho && !isNarrow ? WHO_PX : 0));
  const usual = COLUMNS[kind][size][width < MIDDLING_PX ? 0 : width < WIDE_PX ? 1 : 2];
  const fitsNearly = mostAtOnce > usual && mostAtOnce <= usual * MOST_MORE_COLUMNS;
  const columns = fitsNearly ? mostAtOnce : usual;
  const tileWidth = Math.floor((width - GAP_PX * (columns - 1)) / columns);
  const frameHeight = kind === "audio" || kind === "file" ? BAR_PX : Math.round(tileWidth / aspect);
  const lineHeight = frameHeight + captionLines * CAPTION_PX + LINE_GAP_PX;
  return { columns, tileWidth, frameHeight, lineHeight, isNarrow };
}

export function sameLayout(a: TileLayout, b: TileLayout): boolean {
  return (
    a.columns === b.columns &&
    a.tileWidth === b.tileWidth &&
    a.frameHeight === b.frameHeight &&
    a.lineHeight === b.lineHeight &&
    a.isNarrow === b.isNarrow
  );
}

/** A line of tiles: of one run, or of runs that have one each. */
export type GalleryLine =
  | { readonly kind: "run"; readonly run: string; readonly from: number }
  | { readonly kind: "runs"; readonly runs: readonly string[] };

/** Runs with one item a step stand beside each other; where a run has several, each has lines of its own. */
export function galleryLines(media: KeyedMedia, columns: number): GalleryLine[] {
  if (!hasManyAtOnce(media)) {
    const runs = media.runs.map(({ run }) => run);
    const lines: GalleryLine[] = [];
    for (let i = 0; i < runs.length; i += columns) {
      lines.push({ kind: "runs", runs: runs.slice(i, i + columns) });
    }
    return lines;
  }
  return media.runs.flatMap(({ run, mostAtOnce }) =>
    Array.from({ length: Math.ceil(mostAtOnce / columns) }, (_, line) => ({
      kind: "run" as const,
      run,
      from: line * columns,
    })),
  );
}

export function hasManyAtOnce(media: KeyedMedia): boolean {
  return media.runs.some(({ mostAtOnce }) => mostAtOnce > 1);
}

/** Width by height of the frames of a key: of its items, in the middle between the widest and the tallest; 1 where none says how large it is. */
export function aspectOf(items: Iterable<MediaItem>): number {
  let [widest, tallest] = [0, Number.POSITIVE_INFINITY];
  for (const { fields } of items) {
    const { width, height } = fields as ImageFields;
    if (width === undefined || height === undefined) continue;
    const aspect = Math.max(0.5, Math.min(3, width / height));
    widest = Math.max(widest, aspect);
    tallest = Math.min(tallest, aspect);
  }
  if (widest === 0) return 1;
  return widest === tallest ? widest : Math.sqrt(widest * tallest);
}

/** Whether all runs that have items at the step have the same captions, place by place: those are written once, above. */
export function isSharingCaptions(items: StepItems): boolean {
  const [first, ...others] = [...items.byRun.values()].map((row) =>
    row.map(({ fields }) => fields.caption),
  );
  return (
    first?.every((caption) => caption !== undefined) === true &&
    others.every((captions) => sameList(captions, first))
  );
}

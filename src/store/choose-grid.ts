/**
 * The grid of a chart. Widths are powers of two and origins multiples of the
 * width, so that the same zoom always falls on the same cells: an answer may be
 * kept and extended, and a curve does not tremble while the range grows.
 */

import { TrackioError } from "../protocol/errors.ts";
import type { Grid } from "./store.ts";

/** Most buckets that one read may ask for by number. */
export const MAX_BUCKETS = 10_000;

/** Most buckets that a grid given by the caller may lay over what is in range. */
export const MAX_GRID_CELLS = 65_536;

/**
 * The finest grid that covers [from, to] with at most `buckets` buckets: width a power of two, origin a multiple of it
 * (but for a single bucket over a range that 0 lies inside: it begins at `from`).
 * @param buckets 1 to 10,000.
 */
export function chooseGrid(from: number, to: number, buckets: number): Grid {
  checkBuckets(buckets);
  // Below the distance of two neighbouring doubles a grid could not tell its cells apart.
  const largest = Math.max(Math.abs(from), Math.abs(to));
  const finest = largest === 0 ? 1 : 2 ** (Math.floor(Math.log2(largest)) - 51);
  const wanted = (to - from) / buckets;
  if (buckets === 1 && from < 0 && to >= 0) return { origin: from, width: spanOf(from, to) };
  let width = wanted > 0 ? 2 ** Math.floor(Math.log2(wanted)) : 1;
  width = Math.max(width, finest);
  let grid = gridFrom(from, width);
  while (cellOf(grid, to) >= buckets) grid = gridFrom(from, grid.width * 2);
  return grid;
}

/** Number of the bucket that holds x; may lie outside of what was asked for. */
export function cellOf(grid: Grid, x: number): number {
  return Math.floor((x - grid.origin) / grid.width);
}

/**
 * The grid of a query over the range that holds points.
 * @throws {@link TrackioError} `invalid_argument` where the grid is no grid, or lays more than 65,536 buckets over the range.
 */
export function gridOf(buckets: Grid | number, from: number, to: number): Grid {
  if (typeof buckets === "number") return chooseGrid(from, to, buckets);
  const { origin, width } = buckets;
  if (!(Number.isFinite(origin) && Number.isFinite(width) && width > 0)) {
    throw new TrackioError(
      "invalid_argument",
      `The grid is {origin: ${origin}, width: ${width}}; both are finite numbers and the width is above 0.`,
    );
  }
  const highest = Math.max(Math.abs(cellOf(buckets, from)), Math.abs(cellOf(buckets, to)));
  if ((to - from) / width > MAX_GRID_CELLS || highest > 0x7fff_ffff) {
    throw new TrackioError(
      "invalid_argument",
      `The grid's width ${width} is too fine for the range ${from} to ${to}; ask for a number of buckets instead.`,
    );
  }
  return buckets;
}

function checkBuckets(buckets: number): void {
  if (!Number.isInteger(buckets) || buckets < 1 || buckets > MAX_BUCKETS) {
    throw new TrackioError(
      "invalid_argument",
      `buckets is ${buckets}; give a whole number from 1 to 10,000, or a grid.`,
    );
  }
}

function gridFrom(from: number, width: number): Grid {
  return { origin: Math.floor(from / width) * width, width };
}

/** The lowest power of two above the distance from `from` to `to`. */
function spanOf(from: number, to: number): number {
  let width = 2 ** Math.ceil(Math.log2(to - from));
  while (from + width <= to) width *= 2;
  return width;
}

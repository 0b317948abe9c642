/**
 * The frames of a raw video as they are shown: a batch is tiled into a grid as
 * near to a square as can be, filled row by row, cells without a video black.
 * One frame is in memory at a time, however long the video is.
 */

import type { OpenRawFile } from "./open-raw-file.ts";
import type { RawVideoHeader } from "./raw-file.ts";

/** As near to a square as can be, rather wider than higher. */
export function gridOf(batch: number): { readonly columns: number; readonly rows: number } {
  const columns = Math.ceil(Math.sqrt(batch));
  return { columns, rows: Math.ceil(batch / columns) };
}

export class FrameGrid {
  readonly frameCount: number;
  readonly channels: 1 | 3;
  /** Pixels of the whole grid, padding included. */
  readonly width: number;
  readonly height: number;
  readonly #raw: OpenRawFile;
  readonly #header: RawVideoHeader;
  readonly #columns: number;
  readonly #planes: Uint8Array;
  readonly #cell: Uint8Array;

  /** @param options.isEven Whether odd sizes get one more column or row, which repeats the edge. */
  constructor(raw: OpenRawFile, header: RawVideoHeader, options: { readonly isEven: boolean }) {
    const [batch, frames, channels, height, width] = header.shape;
    this.#raw = raw;
    this.#header = header;
    const { columns, rows } = gridOf(batch);
    this.#columns = columns;
    const pad = options.isEven ? 2 : 1;
    this.frameCount = frames;
    this.channels = channels;
    this.width = Math.ceil((this.#columns * width) / pad) * pad;
    this.height = Math.ceil((rows * height) / pad) * pad;
    this.#planes = new Uint8Array(channels * this.height * this.width);
    this.#cell = new Uint8Array(channels * height * width);
  }

  /** Planes of a frame, `channels × height × width`, one channel after the other. The array is used again for the next one. */
  read(frame: number): Uint8Array {
    const [batch, frames] = this.#header.shape;
    const bytes = this.#cell.length;
    if (bytes === this.#planes.length) {
      this.#raw.read(this.#planes, frame * bytes);
      return this.#planes;
    }
    for (let cell = 0; cell < batch; cell += 1) {
      this.#raw.read(this.#cell, (cell * frames + frame) * bytes);
      this.#place(cell);
    }
    this.#repeatEdges();
    return this.#planes;
  }

  #place(cell: number): void {
    const [, , channels, height, width] = this.#header.shape;
    const left = (cell % this.#columns) * width;
    const top = Math.floor(cell / this.#columns) * height;
    for (let channel = 0; channel < channels; channel += 1) {
      for (let y = 0; y < height; y += 1) {
        const from = (channel * height + y) * width;
        const to = (channel * this.height + top + y) * this.width + left;
        this.#planes.set(this.#cell.subarray(from, from + width), to);
      }
    }
  }

  #repeatEdges(): void {
    const [batch, , channels, height, width] = this.#header.shape;
    const usedWidth = this.#columns * width;
    const usedHeight = Math.ceil(batch / this.#columns) * height;
    for (let channel = 0; channel < channels; channel += 1) {
      const plane = this.#planes.subarray(channel * this.height * this.width);
      if (usedWidth < this.width) {
        for (let end = usedWidth; end < usedHeight * this.width; end += this.width) {
          plane[end] = plane[end - 1]!;
        }
      }
      if (usedHeight < this.height) {
        const last = usedHeight * this.width;
        plane.copyWithin(last, last - this.width, last);
      }
    }
  }
}

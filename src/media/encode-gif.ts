/**
 * GIF, on every machine by the same encoder. Each frame gets a palette of its
 * own: exact where it has up to 256 colours or is grey, else the nearest 256.
 */

import { closeSync, openSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import type { FrameGrid } from "./frame-grid.ts";
import { breathe, type Making } from "./making.ts";

const PALETTE_SIZE = 256;
/** Browsers take a shorter one for 100 ms. */
const SHORTEST_DELAY_MS = 20;

type Colour = readonly [red: number, green: number, blue: number];

/** The part of `gifenc` that is used; it has no types of its own. */
interface Gifenc {
  GIFEncoder(): {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: {
        readonly palette: readonly Colour[];
        /** Milliseconds; kept in hundredths of a second. */
        readonly delay: number;
        /** 0: for ever. */
        readonly repeat: number;
      },
    ): void;
    finish(): void;
    bytesView(): Uint8Array;
    readonly stream: { reset(): void };
  };
  quantize(rgba: Uint8Array, colours: number, options: { readonly format: "rgb444" }): Colour[];
  applyPalette(rgba: Uint8Array, palette: readonly Colour[], format: "rgb565"): Uint8Array;
}

interface PaletteFrame {
  readonly index: Uint8Array;
  readonly palette: readonly Colour[];
}

export async function encodeGif(
  grid: FrameGrid,
  fps: number,
  outPath: string,
  making: Making,
): Promise<void> {
  const library = createRequire(import.meta.url)("gifenc") as Gifenc;
  const gif = library.GIFEncoder();
  const fd = openSync(outPath, "w");
  const flush = () => {
    const bytes = gif.bytesView();
    for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from);
    gif.stream.reset();
  };
  try {
    for (let frame = 0; frame < grid.frameCount; frame += 1) {
      const planes = grid.read(frame);
      const { index, palette } =
        grid.channels === 1 ? greyFrame(planes) : colourFrame(library, planes);
      const delay = delayMs(frame, fps);
      gif.writeFrame(index, grid.width, grid.height, { palette, delay, repeat: 0 });
      flush();
      making.progress(frame + 1, grid.frameCount);
      await breathe(making);
    }
    gif.finish();
    flush();
  } finally {
    closeSync(fd);
  }
}

/** How long a frame stays, in whole hundredths of a second, so that all of them take as long as they should. */
function delayMs(frame: number, fps: number): number {
  const endOf = (frames: number) => Math.round((100 * frames) / fps);
  const delay = 10 * (endOf(frame + 1) - endOf(frame));
  return Math.min(Math.max(delay, SHORTEST_DELAY_MS), 655_350);
}

function greyFrame(plane: Uint8Array): PaletteFrame {
  const palette = Array.from({ length: PALETTE_SIZE }, (_, grey): Colour => [grey, grey, grey]);
  return { index: plane, palette };
}

function colourFrame(library: Gifenc, planes: Uint8Array): PaletteFrame {
  const exact = exactFrame(planes);
  if (exact !== undefined) return exact;
  const rgba = interleave(planes);
  // Sorted into coarse bins a palette is as good, and found ten times as fast: each colour is its bin's mean.
  const palette = library.quantize(rgba, PALETTE_SIZE, { format: "rgb444" });
  return { index: library.applyPalette(rgba, palette, "rgb565"), palette };
}

/** Undefined where the frame has more colours than a palette. */
function exactFrame(planes: Uint8Array): PaletteFrame | undefined {
  const pixels = planes.length / 3;
  const index = new Uint8Array(pixels);
  const palette: Colour[] = [];
  const numbers = new Map<number, number>();
  for (let at = 0; at < pixels; at += 1) {
    const colour: Colour = [planes[at]!, planes[at + pixels]!, planes[at + 2 * pixels]!];
    const name = (colour[0] << 16) | (colour[1] << 8) | colour[2];
    let number = numbers.get(name);
    if (number === undefined) {
      if (palette.length === PALETTE_SIZE) return undefined;
      number = palette.push(colour) - 1;
      numbers.set(name, number);
    }
    index[at] = number;
  }
  return { index, palette };
}

function interleave(planes: Uint8Array): Uint8Array {
  const pixels = planes.length / 3;
  const rgba = new Uint8Array(4 * pixels);
  for (let at = 0; at < pixels; at += 1) {
    rgba[4 * at] = planes[at]!;
    rgba[4 * at + 1] = planes[at + pixels]!;
    rgba[4 * at + 2] = planes[at + 2 * pixels]!;
    rgba[4 * at + 3] = 255;
  }
  return rgba;
}

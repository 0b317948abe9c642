/** The pixels of what a browser can draw: elements, bitmaps, canvases of any kind of context. */

import { TrackioError } from "../../protocol/errors.ts";
import type { Canvas, PixelData } from "../media/media-values.ts";
import type { NumberGrid } from "../media/number-grid.ts";
import { readNumbers } from "../media/read-numbers.ts";

/** The sizes of what can be drawn, by the names that they have. */
interface Sizes {
  readonly naturalWidth?: number;
  readonly naturalHeight?: number;
  readonly videoWidth?: number;
  readonly videoHeight?: number;
  readonly displayWidth?: number;
  readonly displayHeight?: number;
  readonly width?: number;
  readonly height?: number;
}

interface Context {
  drawImage(source: unknown, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): PixelData;
}

type CanvasClass = new (
  width: number,
  height: number,
) => { getContext(kind: "2d"): Context | null };

const DRAWABLE =
  /^\[object (HTMLImageElement|SVGImageElement|HTMLVideoElement|ImageBitmap|VideoFrame|HTMLCanvasElement|OffscreenCanvas)\]$/;

export function isDrawable(value: unknown): value is object {
  return DRAWABLE.test(Object.prototype.toString.call(value));
}

/** @throws {@link TrackioError} `invalid_argument` where it shows nothing yet, or its pixels may not be read. */
export function readDrawing(value: object): NumberGrid | undefined {
  const [width, height] = sizeOf(value);
  if (!(width > 0 && height > 0)) {
    throw new TrackioError(
      "invalid_argument",
      `It has ${width} × ${height} pixels: it is not loaded yet, or empty.`,
    );
  }
  try {
    // One that has a context for pixels gives them itself; any other is drawn onto one that has.
    const own = (value as Partial<Canvas>).getContext?.("2d");
    return readNumbers(own ? value : draw(value, width, height), undefined);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Its pixels cannot be read (${reason}); a picture of another site needs crossorigin="anonymous".`;
    throw new TrackioError("invalid_argument", message, { cause });
  }
}

function draw(value: object, width: number, height: number): PixelData {
  const { OffscreenCanvas } = globalThis as unknown as { readonly OffscreenCanvas: CanvasClass };
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (context === null) throw new Error("there is no canvas to draw on");
  context.drawImage(value, 0, 0);
  return context.getImageData(0, 0, width, height);
}

function sizeOf(value: object): readonly [width: number, height: number] {
  const sizes = value as Sizes;
  return [
    sizes.naturalWidth ?? sizes.videoWidth ?? sizes.displayWidth ?? sizes.width ?? 0,
    sizes.naturalHeight ?? sizes.videoHeight ?? sizes.displayHeight ?? sizes.height ?? 0,
  ];
}

/**
 * Numbers as a script gave them, on their way to a picture, a video or a table:
 * one line of JSON that says what they are, then the numbers. The file's SHA-256
 * is the blob's name.
 */

import type { RawTableHeader } from "../tables/raw-table.ts";

/** Pixels: `height × width × channels` bytes, 0 to 255, channels beside each other. */
export interface RawImageHeader {
  readonly raw: "image";
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly shape: readonly [height: number, width: number, channels: 1 | 2 | 3 | 4];
  readonly format: "png" | "jpeg" | "webp";
}

/** Frames: `batch × frames × channels × height × width` bytes, 0 to 255. */
export interface RawVideoHeader {
  readonly raw: "video";
  readonly shape: readonly [
    batch: number,
    frames: number,
    channels: 1 | 3,
    height: number,
    width: number,
  ];
  /** Frames a second, above 0. */
  readonly fps: number;
  readonly format: "mp4" | "gif" | "webm";
}

export type RawHeader = RawImageHeader | RawVideoHeader | RawTableHeader;

/** A sound, as a script logs it. */

import type { MediaRef } from "../../protocol/media.ts";
import { callable, readGiven } from "../callable-class.ts";
import { lazyMedia } from "../lazy-media.ts";
import { Loggable, type MediaKeeper } from "../loggable.ts";
import type { FileUrl } from "./media-values.ts";

/** A path or `file:` URL, or the bytes of a file. */
export type AudioValue = string | FileUrl | Uint8Array | ArrayBuffer;

export interface AudioOptions {
  /** Stands below the sound. */
  readonly caption?: string | undefined;
}

/** A sound: what it was made from, until it is logged. */
export interface Audio extends Loggable {
  readonly value: AudioValue;
  readonly caption: string | undefined;
  /** @internal */
  toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef;
}

/**
 * A sound to be logged: `trackio.log({ speech: new trackio.Audio("sample.wav") })`, with `new` or without. The value is
 * the path of a sound (wav, mp3, ogg, flac, …), known by its content, or the bytes of such a file; it is kept as it is.
 *
 * The constructor never throws. What is no sound is told once when it is logged, and left out; all else of the call is kept.
 */
export interface AudioClass {
  new (value: AudioValue, options?: AudioOptions): Audio;
  new (given: AudioOptions & { readonly value: AudioValue }): Audio;
  (value: AudioValue, options?: AudioOptions): Audio;
  (given: AudioOptions & { readonly value: AudioValue }): Audio;
  readonly prototype: Audio;
}

export const Audio: AudioClass = callable<AudioClass>(
  class Audio extends Loggable {
    readonly value: AudioValue;
    readonly caption: string | undefined;

    constructor(first: unknown, second?: unknown) {
      super();
      const { value, options } = readGiven<AudioValue, AudioOptions>(first, second);
      this.value = value;
      this.caption = options.caption;
    }

    toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef {
      return lazyMedia().audioToRef(this, keeper, path);
    }
  },
);

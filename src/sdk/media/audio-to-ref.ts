/** A sound on its way into a record: known by its content, kept as it is. */

import { TrackioError } from "../../protocol/errors.ts";
import { MediaRef } from "../../protocol/media.ts";
import type { MediaKeeper } from "../loggable.ts";
import { type AcceptedFiles, keepEncoded } from "./encoded-media.ts";
import { describeGiven, readCaption } from "./media-options.ts";

/** Containers of video that may hold nothing but sound: what records it often says no more. */
const CONTAINERS: ReadonlySet<string> = new Set(["video/mp4", "video/webm", "video/ogg"]);

const FILES: AcceptedFiles = {
  names: "a WAV, MP3, OGG, FLAC or another sound",
  accept: ({ kind, type }) => {
    if (kind === "audio") return type;
    return CONTAINERS.has(type) ? type.replace("video", "audio") : undefined;
  },
};

/** What a sound is made from: of any type until it is checked here. */
export interface GivenAudio {
  readonly value: unknown;
  readonly caption: unknown;
}

/** @throws {@link TrackioError} with a sentence for people where it is no sound. */
export function audioToRef(
  audio: GivenAudio,
  keeper: MediaKeeper,
  path: readonly string[],
): MediaRef<"audio"> {
  const kept = keepEncoded(audio.value, FILES, keeper);
  if (kept !== undefined) {
    return new MediaRef("audio", { ...kept, ...readCaption(audio.caption, keeper, path) });
  }
  throw new TrackioError(
    "invalid_argument",
    `An Audio takes a path, or the bytes of ${FILES.names}; this is ${describeGiven(audio.value)}.`,
  );
}

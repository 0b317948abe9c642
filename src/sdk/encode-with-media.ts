/** The JSON form of a logged value, with the pictures, videos and tables in it kept. */

import type { Json } from "../protocol/json.ts";
import { encodeValue } from "../protocol/values.ts";
import { Loggable } from "./loggable.ts";

/** Where the media of a value go. */
export interface MediaSink {
  /** Keeps the object and gives its form in a record. @throws whatever says why it cannot be. */
  keep(object: Loggable, path: readonly string[]): Json;
  /** Told of one inside a value that could not be kept; the others beside it are. */
  onLost(path: readonly string[], error: unknown): void;
}

/**
 * Like `encodeValue`. An object of ours that cannot be kept is null in a list or
 * nested value, so that the others keep their places; where it is the value
 * itself, the error is thrown.
 */
export function encodeWithMedia(
  value: unknown,
  place: readonly string[],
  ancestors: readonly object[],
  sink: MediaSink,
): Json {
  return encodeValue(value, place, ancestors, (object, path) => {
    if (!(object instanceof Loggable)) return undefined;
    try {
      return sink.keep(object, path);
    } catch (error) {
      if (path.length === place.length) throw error;
      sink.onLost(path, error);
      return null;
    }
  });
}

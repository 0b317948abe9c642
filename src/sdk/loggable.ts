/**
 * What an object of a class of ours (a picture, a video, a table) and the run
 * that it is logged to need of each other. `log()` asks each such object, at
 * any depth of a value, for the `MediaRef` that the journal writes in its place.
 *
 * The classes that a script imports hold what they were given, and nothing
 * else; all that reads, checks and keeps it is reached through `lazy-media.ts`
 * and loads with the first object that is logged. So the import of the SDK
 * costs the same with them, and `mode: "disabled"` touches nothing.
 */

import type { RawHeader } from "../media/raw-file.ts";
import type { Json } from "../protocol/json.ts";
import type { BlobHash, MediaRef } from "../protocol/media.ts";

/** A blob that is on disk, as the fields of a `MediaRef` name it. */
export interface BlobFields {
  readonly blob: BlobHash;
  /** Bytes of what was given. */
  readonly bytes: number;
}

/**
 * Keeps the bytes of one run's media; there is one for each run, so that an
 * object can remember by it (as a `WeakMap`'s key) what that run has of it already.
 *
 * What is kept outlives the process when the method returns. Until the call of
 * `log()` returns, the bytes must not change: where somebody deleted the blob
 * before the journal named it, they are written once more.
 */
export interface MediaKeeper {
  /** Keeps a whole file's bytes as they are. @throws the system's error. */
  keepBytes(bytes: Uint8Array): BlobFields;
  /** Keeps numbers with what they are; `chunks` follow each other. @throws the system's error. */
  keepRaw(header: RawHeader, chunks: readonly Uint8Array[]): BlobFields;
  /** Keeps a file of the script's, as it is now. @throws the system's error. */
  keepFile(path: string): BlobFields;
  /** Keeps a place for the bytes of a file that come later; what went wrong is told where the picture would be. `what` is for people, e.g. `a sharp instance`. @throws the system's error. */
  keepAwaited(what: string, bytes: Promise<Uint8Array>): BlobFields;
  /**
   * The JSON form of a value inside an object that is being logged, e.g. of a table's
   * cell. Pictures and videos in it are kept; one that cannot be is told, and null in the value.
   *
   * @param path Where it stands, for messages, e.g. `["texts", "3", "picture"]`.
   * @param onBlob Called for each blob that the value refers to.
   * @throws {@link UnkeepableValueError} for a function, a symbol, a cycle and the like.
   */
  encode(value: unknown, path: readonly string[], onBlob?: (blob: BlobHash) => void): Json;
  /** Calls `action` once the journal has the record. Not at all where it could not be written: what was kept for it then counts as never logged. */
  whenLogged(action: () => void): void;
  /** Tells of trouble that leaves the object whole, once for each `kind`. */
  warn(kind: string, message: string): void;
}

/** A value of a class of ours that `log()` takes at any depth. */
export abstract class Loggable {
  /** Makes this a type that no other object has by chance. */
  declare protected readonly isLoggable: true;

  /**
   * Keeps what the object holds and tells how a record refers to it.
   *
   * @param path The keys that lead to it, for messages.
   * @throws {@link TrackioError} with a sentence for people where it cannot be
   *   logged; the object is then left out and all else of the call is kept.
   * @internal
   */
  abstract toMediaRef(keeper: MediaKeeper, path: readonly string[]): MediaRef;
}

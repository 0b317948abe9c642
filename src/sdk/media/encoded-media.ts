/** Files and their bytes: known by their content, kept as they are. */

import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { examineFile, explainReadError, quotePath, refuseEmpty } from "../../media/given-file.ts";
import { type ImageSize, imageSize } from "../../media/image-size.ts";
import { readFirstBytes } from "../../media/read-first-bytes.ts";
import { type RecognisedMedia, recogniseMedia } from "../../media/recognise.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { BlobFields, MediaKeeper } from "../loggable.ts";
import { isTypedArray } from "./number-grid.ts";

/** Which files a class takes. */
export interface AcceptedFiles {
  /** For messages: `PNG, JPEG, …`. */
  readonly names: string;
  /** The MIME type that it is kept as; undefined where it is not taken. */
  accept(found: RecognisedMedia): string | undefined;
}

export interface KeptFile extends BlobFields, Partial<ImageSize> {
  readonly type: string;
}

/**
 * Keeps a path, a `file:` URL or the bytes of a file.
 * @returns Undefined where the value is none of these.
 * @throws {@link TrackioError} naming the path, and what is wrong with it.
 */
export function keepEncoded(
  value: unknown,
  accepted: AcceptedFiles,
  keeper: MediaKeeper,
): KeptFile | undefined {
  const path = pathOf(value);
  if (path !== undefined) return keepPath(path, accepted, keeper);
  const bytes = bytesOf(value);
  if (bytes === undefined) return undefined;
  if (bytes.length === 0) {
    throw new TrackioError(
      "invalid_argument",
      `There are no bytes; give those of ${accepted.names}.`,
    );
  }
  const type = recognise(bytes, `These ${bytes.length} bytes are`, accepted);
  return { ...keeper.keepBytes(bytes), type, ...imageSize(bytes) };
}

function keepPath(path: string, accepted: AcceptedFiles, keeper: MediaKeeper): KeptFile {
  const file = examineFile(path);
  refuseEmpty(file);
  const firstBytes = readFirstGivenBytes(file.path);
  const type = recognise(firstBytes, `The file ${quotePath(file.path)} is`, accepted);
  return { ...keeper.keepFile(file.path), type, ...imageSize(firstBytes) };
}

function recognise(head: Uint8Array, subject: string, accepted: AcceptedFiles): string {
  const found = recogniseMedia(head);
  const type = found === undefined ? undefined : accepted.accept(found);
  if (type !== undefined) return type;
  throw new TrackioError(
    "invalid_argument",
    `${subject} ${found === undefined ? "of no kind that is known" : found.type}; give ${accepted.names}.`,
  );
}

/** A path as it was given; undefined where the value is no path. */
export function pathOf(value: unknown): string | undefined {
  const isUrl = isUrlObject(value);
  const text = isUrl ? value.href : value;
  if (typeof text !== "string") return undefined;
  if (isUrl || /^file:/i.test(text)) return pathOfUrl(text);
  if (!/^(https?|data|blob):/i.test(text)) return text;
  const scheme = text.slice(0, text.indexOf(":"));
  throw new TrackioError(
    "invalid_argument",
    `${quotePath(text.slice(0, 80))} is a ${scheme}: address; give the bytes behind it, or the path of a file.`,
  );
}

/** Also one of another realm, as in a test runner's sandbox; so with bytes below. */
function isUrlObject(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === "[object URL]";
}

function pathOfUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new TrackioError(
      "invalid_argument",
      `${quotePath(url.slice(0, 80))} names no file of this machine; give a path.`,
      { cause },
    );
  }
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    const isBytes = !isTypedArray(value) || Reflect.get(value, Symbol.toStringTag) === "Uint8Array";
    return isBytes ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
  }
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/** The first bytes of a file. @throws {@link TrackioError} naming the path. */
export function readFirstGivenBytes(path: string): Uint8Array {
  try {
    return readFirstBytes(path);
  } catch (error) {
    throw explainReadError(error, path);
  }
}

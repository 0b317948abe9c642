/**
 * Pictures, videos, sounds and tables as they cross a boundary. Their bytes lie
 * in *blobs*, files named after the SHA-256 of what was given; a record only
 * refers to them. As JSON (see `values.ts`):
 *
 *     {"$":"image","v":{"blob":"9f86…","type":"image/png","bytes":8192,"width":64,"height":64,"caption":"a cat"}}
 *     {"$":"video","v":{"blob":"60e0…","type":"video/mp4","bytes":122880,"width":64,"height":64,"frames":10,"fps":30}}
 *     {"$":"audio","v":{"blob":"fd61…","type":"audio/wav","bytes":88244}}
 *     {"$":"table","v":{"table":"k3v9…","columns":[{"name":"loss","type":"number"}],"before":0,
 *                       "parts":[{"blob":"a591…","rows":1000}],"blobs":["9f86…"]}}
 *
 * A table that is logged again with more rows names its new parts only: its
 * rows at a record are those of all its parts up to there, in the same run,
 * and `before` says how many rows the earlier parts have.
 */

import { TrackioError } from "./errors.ts";
import type { Json } from "./json.ts";

/** SHA-256 of what was given to `log()`, 64 lower-case hex digits; names the blob for ever. */
export type BlobHash = string & { readonly __brand: "BlobHash" };

export function isBlobHash(text: unknown): text is BlobHash {
  return typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
}

/** `file`: what a Trackio client logs besides, e.g. HTML or a 3D model; given back as a download. */
export type MediaKind = "image" | "video" | "audio" | "table" | "file";

interface FileFields {
  readonly blob: BlobHash;
  /** MIME type of what is shown, e.g. `image/png`; of numbers, of what they are made into. */
  readonly type: string;
  /** Bytes of what was given. */
  readonly bytes: number;
  readonly caption?: string;
  /**
   * Where a Trackio client keeps it, relative to its media folder, with `/`. Then `blob` is the hash of this path, `bytes` may be
   * 0, and the bytes lie in a blob once they are uploaded, or in place below `media/` of the data folder.
   */
  readonly path?: string;
  /** What else the client said of it, as it came. */
  readonly trackio?: { readonly [key: string]: Json };
}

export interface ImageFields extends FileFields {
  /** Pixels; absent where only the file knows. */
  readonly width?: number;
  readonly height?: number;
}

export interface VideoFields extends FileFields {
  readonly width?: number;
  readonly height?: number;
  readonly frames?: number;
  /** Frames a second. */
  readonly fps?: number;
}

export type AudioFields = FileFields;
export type OtherFileFields = FileFields;

/**
 * What a table's column holds; each may also hold null. `bigint`: 64-bit
 * integers; `date`: milliseconds; `json`: anything in the form of `encodeValue`:
 * mixed or nested values, integers beyond 64 bits, pictures, videos.
 */
export type TableColumnType = "number" | "bigint" | "boolean" | "string" | "date" | "json";

export interface TableColumn {
  readonly name: string;
  readonly type: TableColumnType;
}

export interface TablePart {
  readonly blob: BlobHash;
  readonly rows: number;
}

export interface TableFields {
  /** Tells which records speak of the same `Table` object; unique in its run. */
  readonly table: string;
  /** Of this record; the parts of earlier records may have fewer columns or other types. */
  readonly columns: readonly TableColumn[];
  /** Rows in the parts of earlier records; 0 where this record has all of them. */
  readonly before: number;
  readonly parts: readonly TablePart[];
  /** Blobs that cells of `parts` refer to. */
  readonly blobs?: readonly BlobHash[];
  readonly caption?: string;
}

export interface MediaFields {
  readonly image: ImageFields;
  readonly video: VideoFields;
  readonly audio: AudioFields;
  readonly table: TableFields;
  readonly file: OtherFileFields;
}

/** A picture, video, sound or table as a row gives it back: where its bytes are, and what is known of it. */
export class MediaRef<Kind extends MediaKind = MediaKind> {
  readonly kind: Kind;
  readonly fields: MediaFields[Kind];

  constructor(kind: Kind, fields: MediaFields[Kind]) {
    this.kind = kind;
    this.fields = fields;
  }
}

/** A project's file, as `save()` keeps it: the newest of a path counts. */
export interface SavedFile {
  /** Relative, with `/`, without `.` or `..` parts. */
  readonly path: string;
  readonly blob: BlobHash;
  readonly type: string;
  readonly bytes: number;
}

/** Characters of the longest path of a saved file. */
const MAX_SAVED_PATH = 4096;

/** Whether a project may keep a file under `path`: it never leads out of the project, on any system. */
export function isSavedPath(path: unknown): path is string {
  return (
    typeof path === "string" &&
    path.length <= MAX_SAVED_PATH &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
    !/[\u0000-\u001f\u007f\\]|^[A-Za-z]:/.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}

/** The saved file that `given` is; undefined where a field is missing or has another type. */
export function readSavedFile(given: unknown): SavedFile | undefined {
  const { path, blob, type, bytes } = (given ?? {}) as Partial<SavedFile>;
  const isWhole =
    isSavedPath(path) && isBlobHash(blob) && typeof type === "string" && isCount(bytes);
  return isWhole ? { path, blob, type, bytes: bytes as number } : undefined;
}

const KINDS: readonly string[] = ["image", "video", "audio", "table", "file"] satisfies MediaKind[];

export function isMediaKind(kind: unknown): kind is MediaKind {
  return KINDS.includes(kind as string);
}

/**
 * The media whose JSON form is `{"$": kind, "v": fields}`.
 * @throws {@link TrackioError} `damaged` where a hash is none or a field has another type.
 */
export function readMediaFields(kind: MediaKind, fields: unknown): MediaRef {
  const given = fields as Partial<TableFields & VideoFields> | null | undefined;
  const isWhole =
    typeof given === "object" &&
    given !== null &&
    isTextOrAbsent(given.caption) &&
    isTextOrAbsent(given.path) &&
    (kind === "table" ? isTable(given) : isFile(given));
  if (isWhole) return new MediaRef(kind, given as MediaFields[MediaKind]);
  const text = JSON.stringify(fields)?.slice(0, 80);
  throw new TrackioError("damaged", `These are no fields of a ${kind}: ${text}.`);
}

function isFile(given: Partial<VideoFields>): boolean {
  const counts = [given.width, given.height, given.frames, given.fps];
  return (
    isBlobHash(given.blob) &&
    typeof given.type === "string" &&
    isCount(given.bytes) &&
    counts.every((count) => count === undefined || (typeof count === "number" && count > 0))
  );
}

function isTable(given: Partial<TableFields>): boolean {
  const { columns, parts, blobs } = given;
  return (
    typeof given.table === "string" &&
    isCount(given.before) &&
    Array.isArray(columns) &&
    columns.every((column) => typeof column?.name === "string" && COLUMN_TYPES.has(column.type)) &&
    Array.isArray(parts) &&
    parts.every((part) => isBlobHash(part?.blob) && isCount(part.rows)) &&
    (blobs === undefined || (Array.isArray(blobs) && blobs.every(isBlobHash)))
  );
}

const COLUMN_TYPES = new Set(["number", "bigint", "boolean", "string", "date", "json"]);

function isCount(given: unknown): boolean {
  return Number.isSafeInteger(given) && (given as number) >= 0;
}

function isTextOrAbsent(given: unknown): boolean {
  return given === undefined || typeof given === "string";
}

/** Every blob that `media` refers to. */
export function blobsOf(media: MediaRef): readonly BlobHash[] {
  if (media.kind !== "table") return [(media.fields as ImageFields).blob];
  const { parts, blobs } = media.fields as TableFields;
  return [...parts.map(({ blob }) => blob), ...(blobs ?? [])];
}

/** All media in a logged value, also in lists and nested values, in their order. */
export function mediaIn(value: unknown): readonly MediaRef[] {
  if (typeof value !== "object" || value === null) return [];
  if (value instanceof MediaRef) return [value];
  if (ArrayBuffer.isView(value) || value instanceof Date) return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(mediaIn);
}

/**
 * Turns what `log()` was given into a record: nested objects flattened to
 * paths, every value in its JSON form. It runs at every call, so the usual
 * one, an object with the same keys as one of the last few and plain values,
 * takes a way of its own that makes no new object at all.
 *
 * Law: what cannot be kept is left out and told; all else of the call is kept,
 * in the order of the object's keys.
 */

import type { KeySet, RecordFields } from "../journal/journal-writer.ts";
import type { KeyPath } from "../protocol/journal-line.ts";
import { isPlainObject, MAX_DEPTH } from "../protocol/values.ts";
import { encodeWithMedia, type MediaSink } from "./encode-with-media.ts";

/** A journal, as far as it matters here: it knows its key sets. */
export interface KeySets {
  /** The key set of these keys in this order; the same object for the same keys. */
  keySet(keys: readonly KeyPath[]): KeySet;
}

/** A record, ready but for step and time. Good until the next call. */
export interface EncodedRecord {
  readonly set: KeySet;
  readonly fields: RecordFields;
}

/** Called for each value that is left out, with what was thrown. */
export type OnUnkeepable = (path: readonly string[], error: unknown) => void;

/** A flat object of plain values as seen before. */
interface Shape extends EncodedRecord {
  readonly names: readonly string[];
}

/** So many shapes are known at once: scripts take turns between a few, e.g. train and validation. */
const MAX_SHAPES = 8;
/** Before the values: key set, step, time. */
const FIRST_VALUE = 3;

export class RecordEncoder {
  readonly #journal: KeySets;
  readonly #onUnkeepable: OnUnkeepable;
  readonly #media: MediaSink;
  /** The one used last stands first. */
  readonly #shapes: Shape[] = [];

  constructor(journal: KeySets, onUnkeepable: OnUnkeepable, media: MediaSink) {
    this.#journal = journal;
    this.#onUnkeepable = onUnkeepable;
    this.#media = media;
  }

  encode(values: { readonly [key: string]: unknown }): EncodedRecord {
    const names = Object.keys(values);
    const shapes = this.#shapes;
    for (let i = 0; i < shapes.length; i += 1) {
      const shape = shapes[i] as Shape;
      if (!hasNames(shape, names)) continue;
      if (i > 0) {
        shapes.splice(i, 1);
        shapes.unshift(shape);
      }
      if (fillPlain(shape, values)) return shape;
      break;
    }
    return this.#encodeAny(names, values);
  }

  #encodeAny(names: readonly string[], values: { readonly [key: string]: unknown }): EncodedRecord {
    const keys: KeyPath[] = [];
    const fields: RecordFields = [0, 0, 0];
    this.#flatten(values, [], [values], keys, fields);
    const record = { set: this.#journal.keySet(keys), fields };
    const isFlat = keys.length === names.length && keys.every((key, i) => key === names[i]);
    if (isFlat && !this.#shapes.some((shape) => hasNames(shape, names))) {
      this.#shapes.unshift({ names, set: record.set, fields: [...fields] });
      if (this.#shapes.length > MAX_SHAPES) this.#shapes.pop();
    }
    return record;
  }

  #flatten(
    object: { readonly [key: string]: unknown },
    path: readonly string[],
    ancestors: readonly object[],
    keys: KeyPath[],
    fields: RecordFields,
  ): void {
    for (const name of Object.keys(object)) {
      const place = [...path, name];
      try {
        const value = object[name];
        if (value === undefined) continue;
        const isDeep = ancestors.length >= MAX_DEPTH;
        if (isBranch(value) && !isDeep && !ancestors.includes(value)) {
          this.#flatten(value, place, [...ancestors, value], keys, fields);
          continue;
        }
        fields.push(encodeWithMedia(value, place, ancestors, this.#media));
        keys.push(path.length === 0 ? name : (place as [string, ...string[]]));
      } catch (error) {
        this.#onUnkeepable(place, error);
      }
    }
  }
}

function hasNames(shape: Shape, names: readonly string[]): boolean {
  const known = shape.names;
  if (known.length !== names.length) return false;
  for (let i = 0; i < known.length; i += 1) if (known[i] !== names[i]) return false;
  return true;
}

/** Puts the values into the shape's record; false where one is not its own JSON form, or cannot be read. */
function fillPlain(shape: Shape, values: { readonly [key: string]: unknown }): boolean {
  const { names, fields } = shape;
  for (let i = 0; i < names.length; i += 1) {
    const value = read(values, names[i] as string);
    if (typeof value === "number") {
      // Neither NaN, infinite nor -0, which JSON cannot say.
      if (value - value !== 0 || (value === 0 && 1 / value < 0)) return false;
      fields[i + FIRST_VALUE] = value;
    } else if (typeof value === "string" || typeof value === "boolean" || value === null) {
      fields[i + FIRST_VALUE] = value;
    } else return false;
  }
  return true;
}

function read(values: { readonly [key: string]: unknown }, name: string): unknown {
  try {
    return values[name];
  } catch {
    // A getter that throws: whoever encodes value by value tells of it.
    return undefined;
  }
}

/** An object whose members have paths of their own; an empty one is a value. */
function isBranch(value: unknown): value is { readonly [key: string]: unknown } {
  return (
    isPlainObject(value) && typeof value.toJSON !== "function" && Object.keys(value).length > 0
  );
}

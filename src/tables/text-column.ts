/** Texts as one run of UTF-8. */

import { TrackioError } from "../protocol/errors.ts";
import { MAX_TEXT_BYTES, type TextColumn } from "./column-data.ts";
import { encodeUtf8, joinBytes, utf8Length } from "./utf8.ts";

/** UTF-16 units that are encoded together; a single text may be longer. */
const UNITS_AT_ONCE = 4 * 1024 * 1024;

/**
 * The column of the texts; null where there is none.
 * @param type Of `json`, the texts are JSON already.
 * @throws {@link TrackioError} `invalid_argument` where they have more than 4 GiB.
 */
export function encodeTexts(
  type: TextColumn["type"],
  texts: readonly (string | null)[],
): TextColumn {
  const isWhole = type === "json" || texts.every((text) => text === null || text.isWellFormed());
  const encoding = type === "json" || !isWhole ? "json" : "utf8";
  const written = isWhole
    ? texts
    : texts.map((text) => (text === null ? null : JSON.stringify(text)));
  const nulls = nullsOf(texts);
  return { type, encoding, nulls, ...joinTexts(written) };
}

function nullsOf(texts: readonly (string | null)[]): Uint8Array | undefined {
  if (!texts.includes(null)) return undefined;
  return Uint8Array.from(texts, (text) => (text === null ? 1 : 0));
}

function joinTexts(texts: readonly (string | null)[]): Pick<TextColumn, "offsets" | "bytes"> {
  const offsets = new Uint32Array(texts.length + 1);
  const pieces: Uint8Array[] = [];
  let end = 0;
  for (let from = 0; from < texts.length; ) {
    let to = from;
    let units = 0;
    while (to < texts.length && (to === from || units < UNITS_AT_ONCE)) {
      units += texts[to]?.length ?? 0;
      to += 1;
    }
    // What is null joins as nothing.
    const piece = encodeUtf8(texts.slice(from, to).join(""));
    // As many bytes as letters: all is ASCII.
    const isPlain = piece.length === units;
    for (let row = from; row < to; row += 1) {
      const text = texts[row];
      if (text != null) end += isPlain ? text.length : utf8Length(text);
      offsets[row + 1] = end;
    }
    if (end > MAX_TEXT_BYTES) {
      throw new TrackioError(
        "invalid_argument",
        `A column of a table has more than 4 GiB of text in ${texts.length} rows; log fewer rows at once.`,
      );
    }
    pieces.push(piece);
    from = to;
  }
  return { offsets, bytes: joinBytes(pieces) };
}

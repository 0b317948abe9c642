/**
 * Finds the entries of a batch in the bytes of a body that is too large to be
 * parsed at once, wherever the protocol lets them stand:
 *
 *     {"kwargs":{"logs":[…]}}   {"logs":[…]}   {"args":[[…]]}   {"data":[[…]]}   [[…]]
 *
 * Memory is bounded by the largest entry. What stands in an entry is not looked
 * at; where it ends is told by its brackets and quotes.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;

/** An object or list that is open, outside of entries. */
interface Level {
  readonly isList: boolean;
  /** Of the member that is open, or the number of the item. */
  key: string;
  index: number;
}

/** Keys longer than this are none of ours. */
const MAX_KEY_BYTES = 32;

export class EntrySplitter {
  /** Whether the entries' list was there. */
  isFound = false;
  readonly #field: string;
  readonly #onEntry: (bytes: Buffer) => void;
  readonly #levels: Level[] = [];
  /** Brackets that are open within the entry; -1 outside of the list. */
  #depth = -1;
  #isInText = false;
  #isEscaped = false;
  #text: number[] = [];
  /** The beginning of an entry in pieces before this one. */
  #begun: Buffer[] = [];

  /** @param field The name of the list, e.g. `logs`. */
  constructor(field: string, onEntry: (bytes: Buffer) => void) {
    this.#field = field;
    this.#onEntry = onEntry;
  }

  push(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    /** Where the entry begins in this piece; -1 where none is open. */
    let from = this.#begun.length > 0 ? 0 : -1;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (this.#isInText) this.#takeText(byte);
      else if (this.#depth < 0) this.#takeOutside(byte);
      else {
        const isBetween = this.#depth === 0 && (byte === COMMA || byte === CLOSE_LIST);
        if (isBetween) {
          if (from >= 0) this.#give(bytes.subarray(from, at));
          from = -1;
          if (byte === CLOSE_LIST) this.#depth = -1;
          continue;
        }
        if (from < 0 && byte > SPACE) from = at;
        if (byte === QUOTE) this.#isInText = true;
        else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.#depth += 1;
        else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) this.#depth -= 1;
      }
    }
    if (from >= 0) this.#begun.push(Buffer.from(bytes.subarray(from)));
  }

  /** After the last piece: what there is of an entry that has no end. */
  get unfinished(): Buffer {
    return Buffer.concat(this.#begun);
  }

  #give(rest: Buffer): void {
    this.#onEntry(this.#begun.length === 0 ? rest : Buffer.concat([...this.#begun, rest]));
    this.#begun = [];
  }

  #takeText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) {
      this.#isInText = false;
      return;
    }
    if (this.#depth < 0 && this.#text.length <= MAX_KEY_BYTES) this.#text.push(byte);
  }

  #takeOutside(byte: number): void {
    const level = this.#levels.at(-1);
    switch (byte) {
      case QUOTE:
        this.#isInText = true;
        this.#text = [];
        return;
      case COLON:
        if (level !== undefined) level.key = String.fromCharCode(...this.#text);
        return;
      case COMMA:
        if (level !== undefined) level.index += 1;
        return;
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (byte === OPEN_LIST && !this.isFound && this.#isPlaceOfEntries()) {
          this.isFound = true;
          this.#depth = 0;
        } else this.#levels.push({ isList: byte === OPEN_LIST, key: "", index: 0 });
        return;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        this.#levels.pop();
    }
  }

  #isPlaceOfEntries(): boolean {
    const path = this.#levels.map(({ isList, key, index }) => (isList ? index : key)).join("/");
    return [this.#field, `kwargs/${this.#field}`, "args/0", "data/0", "0"].includes(path);
  }
}

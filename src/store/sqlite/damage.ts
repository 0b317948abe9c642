/** What of the store's own data cannot be read, and where it lies; `Database` tells it as `damaged`. */
export class DamagedData extends Error {
  /** @param place In the words of `docs/format.md`, e.g. `column 4 of chunk 0 of segment 7`. */
  constructor(place: string, what: string, options: { readonly cause?: unknown } = {}) {
    super(`${place}: ${what}`, options);
    this.name = "DamagedData";
  }
}

/** What `decode` makes of stored bytes; it stands on nothing else, so that whatever it throws is their damage. */
export function decodeAt<T>(place: () => string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new DamagedData(place(), cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
}

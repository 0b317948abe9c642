/** Parts of a file over HTTP (RFC 9110, section 14): what a player asks for when a person jumps in a video. */

/** From byte `from` up to and without byte `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** `undefined`: the whole file, because no range was asked for or the header is none that is understood. */
export type AskedRange = ByteRange | "unsatisfiable" | undefined;

const RANGE = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i;

/**
 * What `header` asks for of a file of `sizeBytes`. Several ranges in one header are answered with the whole file, as
 * the standard allows: nobody who shows pictures or videos asks so, and many small ones are an attack.
 */
export function parseByteRange(header: string | undefined, sizeBytes: number): AskedRange {
  const [, first = "", last = ""] = RANGE.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Number(last);
    if (length === 0 || sizeBytes === 0) return "unsatisfiable";
    return { from: Math.max(0, sizeBytes - length), to: sizeBytes };
  }
  const from = Number(first);
  if (last !== "" && Number(last) < from) return undefined;
  if (from >= sizeBytes) return "unsatisfiable";
  return { from, to: last === "" ? sizeBytes : Math.min(sizeBytes, Number(last) + 1) };
}

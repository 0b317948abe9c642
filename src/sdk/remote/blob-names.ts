/**
 * Which blobs the lines of a journal name, found without taking the lines
 * apart: a blob's name is 64 hex digits, in quotes. A text of a script's own
 * that looks like one costs a question to the server and nothing else.
 */

import type { BlobHash } from "../../protocol/media.ts";

const NAME = /"([0-9a-f]{64})"/g;
/** No line names a blob without one of these: `"blob":"…"`, `"blobs":["…"]`. */
const MARK = '"blob';

/** So many bytes of one piece have to be looked at again with the next: a name may lie across both. */
export const NAME_OVERLAP_BYTES = 65;

/** Names in `bytes`, each once. */
export function blobNamesIn(bytes: Buffer): Set<BlobHash> {
  const names = new Set<BlobHash>();
  // Nearly all journals have none; this search costs a hundredth of the other.
  if (!mayHaveNames(bytes)) return names;
  for (const [, name] of bytes.toString("latin1").matchAll(NAME)) names.add(name as BlobHash);
  return names;
}

/** A piece may begin in the middle of a long list of names. */
function mayHaveNames(bytes: Buffer): boolean {
  return bytes.includes(MARK) || /"[0-9a-f]{64}"/.test(bytes.toString("latin1", 0, 1024));
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { EntrySplitter } from "./entry-splitter.ts";

/** Entries that are found when the body comes in pieces of `pieceBytes`; undefined where there is no list of them. */
function split(body: string, pieceBytes: number): string[] | undefined {
  const entries: string[] = [];
  const splitter = new EntrySplitter("logs", (bytes) => entries.push(bytes.toString()));
  const bytes = Buffer.from(body);
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    splitter.push(bytes.subarray(from, from + pieceBytes));
  }
  return splitter.isFound ? entries : undefined;
}

const PLACES: readonly ((logs: unknown) => unknown)[] = [
  (logs) => ({ args: [], kwargs: { hf_token: 'tricky "logs":[1]', logs } }),
  (logs) => ({ other: { logs: [5] }, logs, hf_token: null }),
  (logs) => ({ args: [logs, null] }),
  (logs) => ({ data: [logs] }),
  (logs) => [logs, null],
];

test("entries are found wherever they stand, whatever is in them, and in pieces of any length", () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }),
      fc.constantFrom(...PLACES),
      fc.constantFrom(undefined, 1),
      fc.integer({ min: 1, max: 40 }),
      (logs, place, indent, pieceBytes) => {
        const found = split(JSON.stringify(place(logs), null, indent), pieceBytes);
        expect(found?.map((entry) => JSON.parse(entry))).toEqual(JSON.parse(JSON.stringify(logs)));
      },
    ),
    { numRuns: 500 },
  );
});

test.for(["{}", '{"logs":5}', '{"a":{"logs":[1]}}', "[5]", '{"kwargs":{"a":[1]}}', "x", ""])(
  "a body without entries has none: %s",
  (body) => {
    expect(split(body, 3)).toBeUndefined();
  },
);

import { expect, test } from "vitest";
import type { BlobHash } from "../../../src/protocol/media.ts";
import type { KeyedMedia } from "../state/media-facts.ts";
import type { MediaItem } from "../state/step-items.ts";
import { aspectOf, GAP_PX, galleryLines, isSharingCaptions, tileLayout } from "./tile-layout.ts";

const BLOB = "0".repeat(64) as BlobHash;

function keyed(mostAtOnce: Readonly<Record<string, number>>): KeyedMedia {
  const runs = Object.entries(mostAtOnce).map(([run, most]) => ({
    run,
    itemCount: most,
    stepCount: 1,
    mostAtOnce: most,
    firstStep: 0,
    lastStep: 0,
  }));
  return { key: "samples", kind: "image", runs };
}

function item(run: string, index: number, fields: Partial<MediaItem["fields"]> = {}): MediaItem {
  const known = { blob: BLOB, type: "image/png", bytes: 1, ...fields };
  return { run, step: 0, time: 0, index, fields: known };
}

test("eight pictures in a row on a desk, four on a phone, as wide as there is room", () => {
  const options = { kind: "image", size: "m", aspect: 1, captionLines: 0, hasWho: true } as const;
  const wide = tileLayout({ ...options, width: 1144 });
  expect(wide.columns).toBe(8);
  expect(wide.isNarrow).toBe(false);
  expect(wide.tileWidth * 8 + GAP_PX * 7).toBeLessThanOrEqual(1000);
  const phone = tileLayout({ ...options, width: 366 });
  expect(phone.columns).toBe(4);
  expect(phone.isNarrow).toBe(true);
});

test("a line is as high as its frame and its captions, whatever arrives", () => {
  const options = { kind: "image", size: "m", hasWho: false, width: 1144 } as const;
  const bare = tileLayout({ ...options, aspect: 1, captionLines: 0 });
  expect(bare.frameHeight).toBe(bare.tileWidth);
  expect(tileLayout({ ...options, aspect: 1, captionLines: 2 }).lineHeight).toBe(
    bare.lineHeight + 40,
  );
  expect(tileLayout({ ...options, aspect: 2, captionLines: 0 }).frameHeight).toBe(
    Math.round(bare.tileWidth / 2),
  );
});

test("runs with one picture a step stand beside each other, runs with several have lines of their own", () => {
  expect(galleryLines(keyed({ a: 1, b: 1, c: 1 }), 2)).toEqual([
    { kind: "runs", runs: ["a", "b"] },
    { kind: "runs", runs: ["c"] },
  ]);
  expect(galleryLines(keyed({ a: 3, b: 1 }), 2)).toEqual([
    { kind: "run", run: "a", from: 0 },
    { kind: "run", run: "a", from: 2 },
    { kind: "run", run: "b", from: 0 },
  ]);
});

test("where a line nearly holds all pictures of a step, it holds them", () => {
  const options = { kind: "image", size: "m", aspect: 1, captionLines: 0, hasWho: true } as const;
  const columns = (mostAtOnce: number) =>
    tileLayout({ ...options, width: 884, mostAtOnce }).columns;
  expect([3, 6, 7, 8, 9].map(columns)).toEqual([6, 6, 7, 8, 6]);
});

test("frames have the shape of the pictures, or one between them, within bounds", () => {
  const sized = (width: number, height: number) => item("a", 0, { width, height });
  expect(aspectOf([])).toBe(1);
  expect(aspectOf([item("a", 0), sized(200, 100)])).toBe(2);
  expect(aspectOf([sized(9000, 10)])).toBe(3);
  expect(aspectOf([sized(9000, 10), sized(64, 64), sized(10, 9000)])).toBeCloseTo(Math.sqrt(1.5));
});

test("captions are shared where all runs of a step have the same", () => {
  const of = (captions: Readonly<Record<string, readonly (string | undefined)[]>>) => ({
    step: 0,
    byRun: new Map(
      Object.entries(captions).map(([run, texts]) => [
        run,
        texts.map((caption, index) => item(run, index, caption === undefined ? {} : { caption })),
      ]),
    ),
  });
  expect(isSharingCaptions(of({ a: ["x", "y"], b: ["x", "y"] }))).toBe(true);
  expect(isSharingCaptions(of({ a: ["x", "y"], b: ["x", "z"] }))).toBe(false);
  expect(isSharingCaptions(of({ a: ["x"], b: ["x", "y"] }))).toBe(false);
  expect(isSharingCaptions(of({ a: ["x"] }))).toBe(true);
  expect(isSharingCaptions(of({ a: [undefined], b: [undefined] }))).toBe(false);
  expect(isSharingCaptions(of({}))).toBe(false);
});

/** Which frame is which: noise survives a video badly, but not so badly that it could be taken for other noise. */

/** Frames (3 × 64 × 64, channel after channel) as greys. */
export function framesOf(numbers: Uint8Array, count: number): Float64Array[] {
  const pixels = 64 * 64;
  return Array.from({ length: count }, (_, frame) =>
    Float64Array.from({ length: pixels }, (_, pixel) => {
      const at = (channel: number) => numbers[(frame * 3 + channel) * pixels + pixel]!;
      return 0.299 * at(0) + 0.587 * at(1) + 0.114 * at(2);
    }),
  );
}

/** For each shown frame of greys, which of the given ones it is most like. */
export function bestMatches(
  shown: readonly ArrayLike<number>[],
  given: readonly Float64Array[],
): number[] {
  return shown.map((frame) => {
    const likeness = given.map((other) => correlation(frame, other));
    return likeness.indexOf(Math.max(...likeness));
  });
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (of: ArrayLike<number>) => Array.from(of).reduce((x, y) => x + y, 0) / of.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TrackioError } from "./errors.ts";
import type { FrameSeries, SeriesFrame } from "./series-frame.ts";
import { decodeSeriesFrame, encodeSeriesFrame } from "./series-frame-codec.ts";

const anyDouble = fc.double();

function arbitrarySeries(value: fc.Arbitrary<number>): fc.Arbitrary<FrameSeries> {
  return fc
    .record({
      run: fc.string(),
      key: fc.string(),
      length: fc.integer({ min: 0, max: 20 }),
      start: fc.integer({ min: -70_000, max: 70_000 }),
      counted: fc.boolean(),
    })
    .chain(({ run, key, length, start, counted }) => {
      const doubles = fc.array(value, { minLength: length, maxLength: length });
      const whole = fc.array(fc.nat(300), { minLength: length, maxLength: length });
      return fc.tuple(...Array.from({ length: 7 }, () => doubles), whole).map((columns) => {
        const [firstX, lastX, first, last, a, b, mean, count] = columns.map((column) =>
          Float64Array.from(column),
        ) as Float64Array[];
        return {
          run,
          key,
          length,
          index: Int32Array.from({ length }, (_, i) => start + i * 3),
          firstX: firstX!,
          lastX: lastX!,
          first: first!,
          last: last!,
          min: a!.map((v, i) => (v < b![i]! ? v : b![i]!)),
          max: a!.map((v, i) => (v < b![i]! ? b![i]! : v)),
          mean: mean!,
          count: count!,
          nan: counted ? count! : new Float64Array(0),
          posInf: new Float64Array(0),
          negInf: new Float64Array(0),
        };
      });
    });
}

function arbitraryFrame(value: fc.Arbitrary<number>, exact: boolean): fc.Arbitrary<SeriesFrame> {
  return fc.array(arbitrarySeries(value), { maxLength: 6 }).map((series) => ({
    grid: { origin: -3.5, width: 0.1 },
    extent: { from: 0, to: 12 },
    exact,
    series,
  }));
}

/** `count` buckets of a falling curve; every series has its own values, all share their steps. */
function curve(run: string, key: string, count: number, seed: number): FrameSeries {
  const value = (i: number, k: number) =>
    10 ** (-6 * (i / count)) + ((i * 7 + seed + k) % 13) / 1e7;
  const column = (k: number) => Float64Array.from({ length: count }, (_, i) => value(i, k));
  const low = column(0).map((v, i) => Math.min(v, value(i, 5)));
  const high = column(0).map((v, i) => Math.max(v, value(i, 5)));
  return {
    run,
    key,
    length: count,
    index: Int32Array.from({ length: count }, (_, i) => i),
    firstX: Float64Array.from({ length: count }, (_, i) => i * 33),
    lastX: Float64Array.from({ length: count }, (_, i) => i * 33 + 32),
    first: column(0),
    last: column(5),
    min: low,
    max: high,
    mean: low.map((v, i) => (v + high[i]!) / 2),
    count: new Float64Array(count).fill(33),
    nan: new Float64Array(0),
    posInf: new Float64Array(0),
    negInf: new Float64Array(0),
  };
}

function frameOf(series: readonly FrameSeries[], exact: boolean): SeriesFrame {
  return { grid: { origin: 0, width: 33 }, exact, series };
}

describe("an exact frame comes back bit for bit", () => {
  test("whatever its numbers are", () => {
    fc.assert(
      fc.property(arbitraryFrame(anyDouble, true), (frame) => {
        expect(decodeSeriesFrame(encodeSeriesFrame(frame))).toEqual(frame);
      }),
    );
  });

  test("whole numbers, -0 and NaN among them", () => {
    const value = fc.oneof(
      fc.integer({ min: -5, max: 300 }),
      fc.integer(),
      fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
    );
    fc.assert(
      fc.property(arbitraryFrame(value, true), (frame) => {
        expect(decodeSeriesFrame(encodeSeriesFrame(frame))).toEqual(frame);
      }),
    );
  });

  test("also where its bytes lie at an odd place of a larger buffer", () => {
    const frame = frameOf([curve("a", "loss", 10, 1)], true);
    const bytes = encodeSeriesFrame(frame);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeSeriesFrame(shifted.subarray(3))).toEqual(frame);
  });
});

describe("a shortened frame", () => {
  test("is right to a 4,000th of each series' range", () => {
    fc.assert(
      fc.property(arbitraryFrame(fc.double({ min: -1e300, max: 1e300 }), false), (frame) => {
        const decoded = decodeSeriesFrame(encodeSeriesFrame(frame));
        frame.series.forEach((series, s) => {
          const finite = [...series.min, ...series.max].filter(Number.isFinite);
          // A range of few subnormal steps has no 4,000th; what is next to it is as near as can be.
          const range = Math.max(...finite) - Math.min(...finite);
          const allowed = Math.max(range / 4000, Number.MIN_VALUE);
          const back = decoded.series[s]!;
          expect(back.index).toEqual(series.index);
          expect(back.count).toEqual(series.count);
          for (const name of ["min", "max"] as const) {
            series[name].forEach((v, i) => {
              if (Number.isNaN(v)) expect(back[name][i]).toBeNaN();
              else expect(Math.abs(back[name][i]! - v)).toBeLessThanOrEqual(allowed);
            });
          }
        });
      }),
    );
  });

  test("keeps the decades above a series' minimum, for log axes", () => {
    const series = curve("a", "loss", 300, 0);
    const back = decodeSeriesFrame(encodeSeriesFrame(frameOf([series], false))).series[0]!;
    series.max.forEach((v, i) => {
      expect(Math.abs(back.max[i]! / v - 1)).toBeLessThan(1 / 4000);
    });
  });

  test("keeps NaN and ±Infinity as first and last", () => {
    const series = curve("a", "loss", 3, 0);
    const first = Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const frame = frameOf([{ ...series, first }], false);
    expect(decodeSeriesFrame(encodeSeriesFrame(frame)).series[0]!.first).toEqual(first);
  });

  test("of 1,000 series × 300 buckets takes less than 5 MB", () => {
    const series = Array.from({ length: 1000 }, (_, i) => curve(`run-${i}`, "loss", 300, i));
    expect(encodeSeriesFrame(frameOf(series, false)).length).toBeLessThan(5e6);
  });
});

test("equal columns are stored once and come back as one array", () => {
  const one = curve("a", "loss", 300, 1);
  const many = Array.from({ length: 50 }, (_, i) => ({ ...one, run: `run-${i}` }));
  const bytes = encodeSeriesFrame(frameOf(many, true));
  expect(bytes.length).toBeLessThan(encodeSeriesFrame(frameOf([one], true)).length + 50 * 80);
  const [first, second] = decodeSeriesFrame(bytes).series;
  expect(first!.min).toBe(second!.min);
});

describe("what is no whole frame is refused as damaged", () => {
  const bytes = encodeSeriesFrame(
    frameOf([curve("a", "loss", 20, 1), curve("b", "x", 20, 2)], true),
  );

  test("cut off anywhere", () => {
    for (let length = 0; length < bytes.length - 8; length++) {
      expect(() => decodeSeriesFrame(bytes.slice(0, length))).toThrow(TrackioError);
    }
  });

  test("changed anywhere, it gives a frame or a TrackioError, and soon", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const changed = bytes.slice();
          for (const [at, value] of changes) changed[at] = value;
          try {
            decodeSeriesFrame(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(TrackioError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/**
 * Many series of many runs as one frame. The store knows steps and epoch
 * milliseconds; seconds since a run's creation are made here, by laying the
 * same grid over each run from its own beginning.
 */

import { TrackioError } from "../../protocol/errors.ts";
import type { RunId } from "../../protocol/ids.ts";
import type { FrameSeries, SeriesFrame } from "../../protocol/series-frame.ts";
import { chooseGrid } from "../../store/choose-grid.ts";
import type { Grid, SeriesAnswer, SeriesBuckets, SeriesQuery, Store } from "../../store/store.ts";
import type { CheckedSeriesRequest, Question } from "./question.ts";

/** More buckets than that in one answer are shortened. */
export const MAX_EXACT_BUCKETS = 150_000;
/** Most buckets in one answer. */
export const MAX_ANSWER_BUCKETS = 4_000_000;
/** Most pairs of run and key that are looked for in one read. */
export const MAX_SERIES_ASKED = 1_000_000;
/** From so many possible buckets, or series, on it is worth knowing how many there are. */
const COUNTED_FROM_BUCKETS = 1_000_000;
const COUNTED_FROM_SERIES = 20_000;

type SeriesQuestion = Question & { readonly ask: "series" };
type SeriesName = SeriesQuery["series"][number];

/** @throws {@link TrackioError} `invalid_argument` where the answer would be too large. */
export async function readSeriesFrame(
  store: Store,
  question: SeriesQuestion,
): Promise<SeriesFrame> {
  const { request } = question;
  const names = await listSeries(store, question);
  const { grid, extent, series } =
    request.axis === "relative"
      ? await readRelative(store, question, names)
      : await readAbsolute(store, question, names);
  const bucketCount = series.reduce((sum, { length }) => sum + length, 0);
  return {
    grid,
    ...(extent === undefined ? {} : { extent }),
    exact: bucketCount <= MAX_EXACT_BUCKETS,
    series,
  };
}

/** Every key of every run, as far as they are not so many that only those that exist can be read. */
async function listSeries(
  store: Store,
  { project, request }: SeriesQuestion,
): Promise<readonly SeriesName[]> {
  const runs = [...new Set(request.runs)] as RunId[];
  const keys = [...new Set(request.keys)];
  const asked = runs.length * keys.length;
  if (asked > MAX_SERIES_ASKED) {
    throw tooLarge(`${runs.length} runs × ${keys.length} keys`, `${MAX_SERIES_ASKED} series`);
  }
  const cells = cellCount(request);
  if (asked <= COUNTED_FROM_SERIES && asked * cells <= COUNTED_FROM_BUCKETS) {
    return runs.flatMap((run) => keys.map((key) => ({ run, key })));
  }
  const wanted = new Set(keys);
  const metrics = (await store.listMetrics(project, runs)).filter(({ key }) => wanted.has(key));
  const buckets = metrics.reduce((sum, { count }) => sum + Math.min(count, cells), 0);
  if (buckets > MAX_ANSWER_BUCKETS) {
    throw tooLarge(`Up to ${buckets} buckets of ${metrics.length} series`, `${MAX_ANSWER_BUCKETS}`);
  }
  return metrics.map(({ run, key }) => ({ run, key }));
}

/** At most so many buckets has a series. */
function cellCount({ buckets, from, to }: CheckedSeriesRequest): number {
  if (typeof buckets === "number") return buckets;
  if (from === undefined || to === undefined) return 65_536;
  return Math.min(65_536, Math.max(1, (to - from) / buckets.width + 1));
}

async function readAbsolute(
  store: Store,
  { project, request }: SeriesQuestion,
  names: readonly SeriesName[],
): Promise<Omit<SeriesFrame, "exact">> {
  const answer = await store.readSeries({
    project,
    series: names,
    axis: request.axis === "step" ? "step" : "time",
    ...range(request),
    buckets: request.buckets,
  });
  return {
    grid: answer.grid,
    ...(answer.extent === undefined ? {} : { extent: answer.extent }),
    series: toFrameSeries(names, answer),
  };
}

async function readRelative(
  store: Store,
  question: SeriesQuestion,
  names: readonly SeriesName[],
): Promise<Omit<SeriesFrame, "exact">> {
  const { project, request } = question;
  const byRun = Map.groupBy(names, ({ run }) => run);
  const runs = await store.listRuns(project, { runs: [...byRun.keys()] });
  const createdAt = new Map(runs.map((run) => [run.id, run.createdAt]));
  const read = (run: RunId, buckets: Grid | number) => {
    const began = createdAt.get(run)!;
    const toTime = (seconds: number) => began + seconds * 1000;
    return store.readSeries({
      project,
      series: byRun.get(run)!,
      axis: "time",
      ...range(request, toTime),
      buckets:
        typeof buckets === "number"
          ? buckets
          : { origin: toTime(buckets.origin), width: buckets.width * 1000 },
    });
  };
  const known = [...byRun.keys()].filter((run) => createdAt.has(run));
  let extent: { from: number; to: number } | undefined;
  for (const run of known) {
    const times = (await read(run, 1)).extent;
    if (times === undefined) continue;
    const from = (times.from - createdAt.get(run)!) / 1000;
    const to = (times.to - createdAt.get(run)!) / 1000;
    extent = { from: Math.min(from, extent?.from ?? from), to: Math.max(to, extent?.to ?? to) };
  }
  const grid = relativeGrid(request, extent);
  const series: FrameSeries[] = [];
  for (const run of known) {
    const began = createdAt.get(run)!;
    const answer = await read(run, grid);
    series.push(...toFrameSeries(byRun.get(run)!, answer, (time) => (time - began) / 1000));
  }
  return { grid, ...(extent === undefined ? {} : { extent }), series };
}

function relativeGrid(
  { buckets, from, to }: CheckedSeriesRequest,
  extent: { readonly from: number; readonly to: number } | undefined,
): Grid {
  if (typeof buckets !== "number") return buckets;
  const low = Math.max(extent?.from ?? 0, from ?? Number.NEGATIVE_INFINITY);
  const high = Math.min(extent?.to ?? 0, to ?? Number.POSITIVE_INFINITY);
  return chooseGrid(low, Math.max(low, high), buckets);
}

function range(
  { from, to }: CheckedSeriesRequest,
  convert: (x: number) => number = (x) => x,
): { from?: number; to?: number } {
  return {
    ...(from === undefined ? {} : { from: convert(from) }),
    ...(to === undefined ? {} : { to: convert(to) }),
  };
}

function toFrameSeries(
  names: readonly SeriesName[],
  answer: SeriesAnswer,
  convert?: (x: number) => number,
): FrameSeries[] {
  return answer.series.flatMap((buckets, i) => {
    if (buckets.length === 0) return [];
    const { length, index, first, last, min, max, count, nan, posInf, negInf } = buckets;
    return {
      run: names[i]!.run,
      key: names[i]!.key,
      length,
      index,
      firstX: convert === undefined ? buckets.firstX : buckets.firstX.map(convert),
      lastX: convert === undefined ? buckets.lastX : buckets.lastX.map(convert),
      first,
      last,
      min,
      max,
      mean: meansOf(buckets),
      count,
      nan,
      posInf,
      negInf,
    };
  });
}

/** Over finite values; NaN where a bucket has none. */
function meansOf({ length, sum, count, nan, posInf, negInf }: SeriesBuckets): Float64Array {
  const means = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const others = (nan[i] ?? 0) + (posInf[i] ?? 0) + (negInf[i] ?? 0);
    const finite = count[i]! - others;
    means[i] = finite === 0 ? Number.NaN : sum[i]! / finite;
  }
  return means;
}

function tooLarge(what: string, limit: string): TrackioError {
  return new TrackioError(
    "invalid_argument",
    `${what} are more than the ${limit} of one answer; ask for fewer runs, keys or buckets.`,
  );
}

/** What media there are, at which steps, and the items themselves, as the API tells it. */

import type { MediaItems, MediaSteps, MediaTable } from "../../protocol/api.ts";
import type { RunId } from "../../protocol/ids.ts";
import type { MediaQuery, MediaSummary } from "../../store/media-reads.ts";
import type { Store } from "../../store/store.ts";
import type { Question } from "./question.ts";

type MediaOfKey = MediaTable["media"][number];

/** Summaries by key and kind, in the order of first appearance; runs by their index in `runs`. */
export function buildMediaTable(
  runs: readonly string[],
  summaries: readonly MediaSummary[],
): MediaTable {
  const indexes = new Map(runs.map((run, index) => [run, index]));
  const byKey = Map.groupBy(summaries, ({ kind, key }) => `${kind} ${key}`);
  const media = Array.from(byKey.values(), (ofKey): MediaOfKey => {
    const { key, kind } = ofKey[0]!;
    return {
      key,
      kind,
      runs: ofKey.map(({ run }) => indexes.get(run)!),
      itemCount: ofKey.map(({ itemCount }) => itemCount),
      stepCount: ofKey.map(({ stepCount }) => stepCount),
      mostAtOnce: ofKey.map(({ mostAtOnce }) => mostAtOnce),
      firstStep: ofKey.map(({ firstStep }) => firstStep),
      lastStep: ofKey.map(({ lastStep }) => lastStep),
      lastTime: ofKey.map(({ lastTime }) => lastTime),
    };
  });
  return { media };
}

export async function readMediaSteps(
  store: Store,
  { project, query }: Question & { readonly ask: "mediaSteps" },
): Promise<MediaSteps> {
  const { key, kind } = query;
  const found = await store.readMediaSteps({ project, key, kind, runs: runsOf(query) });
  return { runs: found.map(({ run, steps }) => ({ run, steps: Array.from(steps) })) };
}

export async function readMediaItems(
  store: Store,
  { project, query }: Question & { readonly ask: "mediaItems" },
): Promise<MediaItems> {
  const { key, kind, from, to, limit, before } = query;
  const asked: MediaQuery = {
    project,
    key,
    kind,
    runs: runsOf(query),
    limit,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(before === undefined ? {} : { before }),
  };
  const found = await store.readMedia(asked);
  const indexes = new Map(query.runs.map((run, index) => [run, index]));
  const items = found.map(({ run, step, time, index, media }) => {
    return { run: indexes.get(run)!, step, time, index, fields: media.fields };
  });
  const lowest = items.at(-1)?.step;
  // Only a page that is full can have another behind it, and whether it does is told, so that nobody asks in vain.
  if (lowest === undefined || items.length < limit) return { items };
  const rest = await store.readMedia({ ...asked, before: lowest, limit: 1 });
  return rest.length === 0 ? { items } : { items, next: lowest };
}

/** Each once: a run that is asked for twice has its items once, under its last index. */
function runsOf({ runs }: { readonly runs: readonly string[] }): RunId[] {
  return [...new Set(runs)] as RunId[];
}

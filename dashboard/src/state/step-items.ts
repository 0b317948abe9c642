/**
 * The pictures, videos or sounds that the runs shown have under a key at one
 * step. What was looked at lately is kept, so that going back a step asks nobody.
 */

import { type Accessor, createMemo } from "solid-js";
import type { MediaItems } from "../../../src/protocol/api.ts";
import type {
  AudioFields,
  ImageFields,
  MediaKind,
  OtherFileFields,
  VideoFields,
} from "../../../src/protocol/media.ts";
import { fetchMediaItems } from "../api/client.ts";
import { createLiveRead } from "./live-read.ts";
import { type MediaChange, touches } from "./media-facts.ts";

/** A picture, video or sound of a run at a step. */
export interface MediaItem {
  readonly run: string;
  readonly step: number;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Place among the items of the step. */
  readonly index: number;
  readonly fields: ImageFields | VideoFields | AudioFields | OtherFileFields;
}

export interface StepItems {
  readonly step: number;
  /** By run, each in the order in which they were logged. */
  readonly byRun: ReadonlyMap<string, readonly MediaItem[]>;
}

export interface StepItemsQuestion {
  readonly project: string;
  readonly key: string;
  readonly kind: MediaKind;
  readonly runs: readonly string[];
  readonly step: number;
}

export interface StepItemsRead {
  /** Of the step asked for, or of the one before until those are there. */
  readonly items: Accessor<StepItems | undefined>;
  readonly error: Accessor<string | undefined>;
  readonly retry: () => void;
}

const MOST_KEPT = 64;

/** @param question Undefined: nothing is asked for. */
export function createStepItems(
  question: Accessor<StepItemsQuestion | undefined>,
  lastChange: Accessor<MediaChange>,
  offline: () => void,
): StepItemsRead {
  const kept = new Map<string, StepItems>();
  let seenChange = lastChange();
  const asked = createMemo<{ readonly name: string; readonly ask: StepItemsQuestion } | undefined>(
    (last) => {
      const ask = question();
      const change = lastChange();
      const isNew = change !== seenChange;
      seenChange = change;
      if (isNew) {
        for (const [name, { step, byRun }] of kept) {
          if (touches(change, step, [...byRun.keys(), ...(ask?.runs ?? [])])) kept.delete(name);
        }
      }
      if (!ask) return undefined;
      const name = JSON.stringify([ask.project, ask.key, ask.kind, ask.step, ask.runs]);
      const isSame = last?.name === name && !(isNew && touches(change, ask.step, ask.runs));
      return isSame ? last : { name, ask };
    },
  );
  const read = createLiveRead(
    asked,
    async ({ name, ask }, signal) => {
      const known = kept.get(name);
      const items = known ?? (await fetchStep(ask, signal));
      kept.delete(name);
      kept.set(name, items);
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return items;
    },
    offline,
  );
  const items = createMemo(() => {
    const answer = read.answer();
    const now = question();
    if (!answer || !now) return answer?.value;
    const { ask } = answer.question;
    const isOfKey = ask.key === now.key && ask.kind === now.kind && ask.project === now.project;
    return isOfKey ? answer.value : undefined;
  });
  return { items, error: read.error, retry: read.retry };
}

async function fetchStep(ask: StepItemsQuestion, signal: AbortSignal): Promise<StepItems> {
  const { project, key, kind, runs, step } = ask;
  const query = { key, kind, runs: [...runs], from: step, to: step };
  const items = itemsOf(await fetchMediaItems(project, query, signal), runs);
  return { step, byRun: Map.groupBy(items, ({ run }) => run) };
}

/** The items of an answer about `runs`. */
export function itemsOf({ items }: MediaItems, runs: readonly string[]): MediaItem[] {
  return items.map(({ run, step, time, index, fields }) => ({
    run: runs[run]!,
    step,
    time,
    index,
    fields: fields as MediaItem["fields"],
  }));
}

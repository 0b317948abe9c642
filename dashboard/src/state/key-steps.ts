/**
 * The steps at which the runs shown have something under a key. A run that goes
 * on in order gets its new last step from the table of keys, without a read.
 */

import { type Accessor, createComputed, createMemo, createSignal, untrack } from "solid-js";
import { fetchMediaSteps } from "../api/client.ts";
import { slotOf, stepSlots } from "../api/load-slots.ts";
import { createLiveRead } from "./live-read.ts";
import type { KeyedMedia, MediaOfRun } from "./media-facts.ts";
import { sameList } from "./same-list.ts";

/** Rising steps of each run that has any. */
export type StepsByRun = ReadonlyMap<string, readonly number[]>;

export interface KeySteps {
  /** Undefined until they are there. */
  readonly byRun: Accessor<StepsByRun | undefined>;
  /** Of all runs together, rising, each once. */
  readonly all: Accessor<readonly number[]>;
  readonly error: Accessor<string | undefined>;
  readonly retry: () => void;
}

interface StepsHeld {
  readonly media: KeyedMedia;
  readonly byRun: StepsByRun;
}

/** @param media Undefined: nothing is asked for. */
export function createKeySteps(
  project: Accessor<string | undefined>,
  media: Accessor<KeyedMedia | undefined>,
  offline: () => void,
): KeySteps {
  const [held, setHeld] = createSignal<StepsHeld | undefined>();
  createComputed(() => {
    const [now, old] = [media(), untrack(held)];
    const byRun = now && ((old && grownSteps(old, now)) ?? toldSteps(now));
    if (now && byRun) setHeld({ media: now, byRun });
  });
  const due = createMemo<KeyedMedia | undefined>((asked) => {
    const [now, old] = [media(), held()];
    if (now === undefined || now === old?.media) return undefined;
    // What grows faster than it is read is read to the end first.
    return asked && asked !== old?.media && hasSameRuns(asked, now) ? asked : now;
  });
  const read = createLiveRead(
    due,
    async ({ key, kind, runs }, signal) => {
      const query = { key, kind, runs: runs.map(({ run }) => run) };
      const giveBack = await slotOf(stepSlots, signal);
      try {
        const answer = await fetchMediaSteps(project() ?? "", query, signal);
        return new Map(answer.runs.map(({ run, steps }) => [run, steps]));
      } finally {
        giveBack();
      }
    },
    offline,
  );
  createComputed(() => {
    const answer = read.answer();
    if (answer) setHeld({ media: answer.question, byRun: answer.value });
  });
  const byRun = createMemo(() => {
    const [now, known] = [media(), held()];
    return now && known && isSameKey(now, known.media) ? known.byRun : undefined;
  });
  const all = createMemo(() => unionOfSteps([...(byRun()?.values() ?? [])]), [], {
    equals: sameList,
  });
  return { byRun, all, error: read.error, retry: read.retry };
}

function isSameKey(a: KeyedMedia, b: KeyedMedia): boolean {
  return a.key === b.key && a.kind === b.kind;
}

/**
 * The steps of `now`, where they follow from those held: a run is as it was, or
 * has one step more, its last. Undefined where they have to be read.
 */
export function grownSteps({ media, byRun }: StepsHeld, now: KeyedMedia): StepsByRun | undefined {
  if (!isSameKey(media, now)) return undefined;
  const before = new Map(media.runs.map((one) => [one.run, one]));
  const grown = new Map<string, readonly number[]>();
  for (const one of now.runs) {
    const old = before.get(one.run);
    const steps = byRun.get(one.run);
    if (!old || !steps) return undefined;
    if (isUnchanged(old, one)) grown.set(one.run, steps);
    else if (one.stepCount === old.stepCount + 1 && one.lastStep > old.lastStep) {
      grown.set(one.run, [...steps, one.lastStep]);
    } else return undefined;
  }
  return grown;
}

/** The steps of keys that have so few that the table of keys tells all of them: the first and the last. */
export function toldSteps({ runs }: KeyedMedia): StepsByRun | undefined {
  if (runs.some(({ stepCount }) => stepCount > 2)) return undefined;
  return new Map(
    runs.map(({ run, firstStep, lastStep }) => [
      run,
      firstStep === lastStep ? [lastStep] : [firstStep, lastStep],
    ]),
  );
}

/** The last step of any run, known before the others are read. */
export function lastStepOf(media: readonly KeyedMedia[]): number | undefined {
  let last: number | undefined;
  for (const { runs } of media) {
    for (const { lastStep } of runs) if (last === undefined || lastStep > last) last = lastStep;
  }
  return last;
}

function hasSameRuns(a: KeyedMedia, b: KeyedMedia): boolean {
  if (!isSameKey(a, b) || a.runs.length !== b.runs.length) return false;
  return a.runs.every(({ run }, i) => run === b.runs[i]!.run);
}

function isUnchanged(old: MediaOfRun, now: MediaOfRun): boolean {
  return (
    old.stepCount === now.stepCount &&
    old.firstStep === now.firstStep &&
    old.lastStep === now.lastStep
  );
}

/** All of `lists`, rising, each once. */
export function unionOfSteps(lists: readonly (readonly number[])[]): readonly number[] {
  // Keys are logged together more often than not: what is the same list is looked at once.
  const different: (readonly number[])[] = [];
  for (const list of lists) if (!different.some((one) => sameList(one, list))) different.push(list);
  if (different.length === 1) return different[0]!;
  const union = new Set<number>();
  for (const list of different) for (const step of list) union.add(step);
  return [...union].sort((a, b) => a - b);
}

/** The step of `steps` that is nearest to `step`, the earlier one of two; undefined where there is none. */
export function nearestStep(steps: readonly number[], step: number): number | undefined {
  const at = lastUpTo(steps, step);
  const [before, after] = [steps[at], steps[at + 1]];
  if (before === undefined) return after;
  if (after === undefined) return before;
  return after - step < step - before ? after : before;
}

/** Place of the last of `steps` that is `step` or below; -1 where all are above. */
export function lastUpTo(steps: readonly number[], step: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Everything under a key, newest first, read in pages as far as somebody scrolls. */

import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";
import { fetchMediaItems, ReadError } from "../api/client.ts";
import { itemsOf, type MediaItem, type StepItemsQuestion } from "./step-items.ts";

export interface AllItems {
  /** What is there, from the newest on. */
  readonly items: Accessor<readonly MediaItem[]>;
  /** Whether `items` is all there is. */
  readonly isWhole: Accessor<boolean>;
  /** Rises where the list begins anew. */
  readonly version: Accessor<number>;
  /** So many from the newest on are looked at. */
  readonly want: (count: number) => void;
  readonly startAnew: () => void;
  readonly error: Accessor<string | undefined>;
  readonly retry: () => void;
}

/** The first pages are small, so that the first pictures come soon. */
const FIRST_PAGE = 120;
const LARGEST_PAGE = 2000;
/** So many more than are looked at are read ahead. */
const AHEAD = 200;
const RETRY_AFTER_MS = 3000;

/** @param question Another one begins the list anew. Compared by what it says. */
export function createAllItems(
  question: Accessor<Omit<StepItemsQuestion, "step">>,
  offline: () => void,
): AllItems {
  const [items, setItems] = createSignal<readonly MediaItem[]>([]);
  const [isWhole, setIsWhole] = createSignal(false);
  const [version, setVersion] = createSignal(0);
  const [error, setError] = createSignal<string | undefined>();
  let call = new AbortController();
  let wanted = 0;
  let next: number | undefined;
  let isReading = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const read = async (): Promise<void> => {
    const isEnough = items().length >= wanted + AHEAD && items().length > 0;
    if (isReading || isWhole() || isEnough || document.hidden) return;
    isReading = true;
    const { signal } = call;
    const { project, key, kind, runs } = question();
    const held = items();
    const lacking = wanted + AHEAD - held.length;
    const limit = held.length === 0 ? FIRST_PAGE : Math.min(LARGEST_PAGE, Math.max(500, lacking));
    try {
      const before = next === undefined ? {} : { before: next };
      const query = { key, kind, runs: [...runs], limit, ...before };
      const answer = await fetchMediaItems(project, query, signal);
      if (signal.aborted) return;
      next = answer.next;
      setItems([...held, ...itemsOf(answer, runs)]);
      setIsWhole(next === undefined);
      setError(undefined);
    } catch (reason) {
      if (signal.aborted) return;
      if (reason instanceof ReadError && reason.isOffline) offline();
      else setError(reason instanceof Error ? reason.message : String(reason));
      timer = setTimeout(() => void read(), RETRY_AFTER_MS);
      return;
    } finally {
      if (!signal.aborted) isReading = false;
    }
    void read();
  };
  const startAnew = () => {
    call.abort();
    clearTimeout(timer);
    call = new AbortController();
    isReading = false;
    next = undefined;
    wanted = 0;
    setItems([]);
    setIsWhole(false);
    setVersion((count) => count + 1);
    void read();
  };
  const retry = () => {
    clearTimeout(timer);
    void read();
  };
  const onVisible = () => void read();
  document.addEventListener("visibilitychange", onVisible);
  createEffect(
    on(
      createMemo(() => JSON.stringify(question())),
      startAnew,
    ),
  );
  onCleanup(() => {
    document.removeEventListener("visibilitychange", onVisible);
    clearTimeout(timer);
    call.abort();
  });
  return {
    items,
    isWhole,
    version,
    want: (count) => {
      wanted = Math.max(wanted, count);
      void read();
    },
    startAnew,
    error,
    retry,
  };
}

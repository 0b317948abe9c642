/**
 * One question to the server, for as long as a component asks it: read when the
 * question is there, read again when it changes, the old answer kept until the
 * new one came. What is asked no more is called off. A failed read is tried again
 * after 2, 4, 8 … seconds, never while the page is hidden.
 */

import { type Accessor, batch, createEffect, createSignal, on, onCleanup } from "solid-js";
import { ReadError } from "../api/client.ts";

export interface LiveRead<Question, Answer> {
  /** The last answer and what it answers; undefined until one came. */
  readonly answer: Accessor<{ readonly question: Question; readonly value: Answer } | undefined>;
  /** Why the last read failed; undefined where it did not, or where the page says that the server is away. */
  readonly error: Accessor<string | undefined>;
  readonly retry: () => void;
}

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * @param question Undefined: nothing is asked. Compared by identity: make it with a memo.
 * @param offline Called where the server cannot be reached.
 */
export function createLiveRead<Question, Answer>(
  question: Accessor<Question | undefined>,
  fetch: (question: Question, signal: AbortSignal) => Promise<Answer>,
  offline: () => void,
): LiveRead<Question, Answer> {
  const [answer, setAnswer] = createSignal<{ question: Question; value: Answer } | undefined>();
  const [error, setError] = createSignal<string | undefined>();
  const [attempt, setAttempt] = createSignal(0);
  let pauseMs = FIRST_PAUSE_MS;

  const read = async (asked: Question, signal: AbortSignal): Promise<void> => {
    try {
      const value = await fetch(asked, signal);
      if (signal.aborted) return;
      pauseMs = FIRST_PAUSE_MS;
      batch(() => {
        setAnswer({ question: asked, value });
        setError(undefined);
      });
    } catch (reason) {
      if (signal.aborted) return;
      const isOffline = reason instanceof ReadError && reason.isOffline;
      if (isOffline) offline();
      else setError(reason instanceof Error ? reason.message : String(reason));
      const timer = setTimeout(() => setAttempt((count) => count + 1), pauseMs);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      signal.addEventListener("abort", () => clearTimeout(timer));
    }
  };
  createEffect(
    on([question, attempt], ([asked]) => {
      if (asked === undefined) return;
      const call = new AbortController();
      onCleanup(() => call.abort());
      whenVisible(() => void read(asked, call.signal), call.signal);
    }),
  );
  return { answer, error, retry: () => setAttempt((count) => count + 1) };
}

/** Calls `act` now, or once the page is looked at. */
function whenVisible(act: () => void, signal: AbortSignal): void {
  if (!document.hidden) {
    act();
    return;
  }
  const look = () => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", look);
    act();
  };
  document.addEventListener("visibilitychange", look, { signal });
}

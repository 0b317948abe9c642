/**
 * Watches the script that has runs open, so that each run's end is told as it
 * was: an exit, an uncaught error, a signal. One set of listeners serves all
 * runs of a thread, and is gone when no run is open.
 *
 * A signal's default action ends the process at once, a listener waits for the
 * event loop. So that a loop that never yields stays interruptible, listeners
 * for signals are there only while the event loop turns: not before its first
 * turn after `init`, and not once calls of `log()` have come for 0.4 s without
 * a turn between them. (A single call after a long step says nothing: the loop
 * may turn next, and then a signal that came meanwhile is heard.)
 *
 * Laws: a signal goes on after it was noted, unless the script listens for it
 * itself; nothing here changes the exit code, and nothing but what a server is
 * still to have, for as long as the script allows, keeps the script alive.
 */

import type { RunEnd } from "../protocol/run.ts";
import { journalThread, type OpenJournal } from "./journal-thread.ts";
import { type SendingRun, sendRest } from "./send-rest.ts";
import {
  endsWithoutExit,
  type UncaughtError,
  unwatchErrors,
  watchErrors,
} from "./uncaught-errors.ts";

/** A run as it is watched; the methods work at once and never throw. */
export interface WatchedRun {
  /** The journal that it writes now; undefined while it is marked as ended. */
  journal(): OpenJournal | undefined;
  /** The script was told to end by a signal; it may yet go on. */
  onSignal(end: RunEnd): void;
  /** The script ends now. */
  onExit(end: RunEnd): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const TURN_EVERY_MS = 100;
/** The event loop stands still after so long a row of calls without a turn between them. */
const STILL_AFTER_MS = 400;
/** The thread that looks after journals begins so long after the first run: a short script needs none. */
const THREAD_AFTER_MS = 1_000;
/** And so soon where a server waits for the run. */
const SEND_AFTER_MS = 50;
/** A loop that never yields hears so often what became of what it sends. */
const HEAR_EVERY_MS = 1_000;
/** A signal waits so long at most for a server; a second one ends the script at once. */
const SIGNAL_SEND_LIMIT_MS = 1_000;
/** Node shows an uncaught error only after this wait. */
const ERROR_SEND_LIMIT_MS = 2_000;
/** What nobody caught has ended the script after so long, or does not. */
const ENDED_AFTER_MS = 1_000;
const MAX_ERROR_LENGTH = 16_384;

const runs = new Set<WatchedRun>();
/** Runs that a server is still to have all of, also when they have ended. */
const sendingRuns = new Set<SendingRun>();
let turnTimer: NodeJS.Timeout | undefined;
/** When the first call since the last turn came; 0 for none. */
let calledSinceMs = 0;
/** What is to be done once, each at its time. */
let duties: readonly { readonly dueMs: number; readonly action: () => void }[] = [];
/** When the first of them is due. */
let nextDueMs = Number.POSITIVE_INFINITY;
let isListening = false;
let isListeningForExit = false;
let uncaughtError: UncaughtError | undefined;

/** Begins to watch a run; to be called again when it writes another journal. */
export function watchRun(run: WatchedRun): void {
  if (runs.size === 0) beginWatch();
  runs.add(run);
  listenForExit();
  followJournals();
}

export function unwatchRun(run: WatchedRun): void {
  if (!runs.delete(run)) return;
  followJournals();
  if (runs.size === 0) endWatch();
  listenForExit();
}

/** Has the end of the script wait for what a server is still to have of the run. */
export function watchSending(run: SendingRun): void {
  workLater(SEND_AFTER_MS, () => journalThread.start());
  sendingRuns.add(run);
  listenForExit();
}

export function unwatchSending(run: SendingRun): void {
  sendingRuns.delete(run);
  listenForExit();
}

/** To be called at every `log()`: the only moment that a loop that never yields gives. */
export function watchTime(nowMs: number): void {
  if (calledSinceMs === 0) calledSinceMs = nowMs;
  else if (isListening && nowMs - calledSinceMs > STILL_AFTER_MS) stopListening();
  if (nowMs >= nextDueMs) doDuties(nowMs);
}

/**
 * Has `action`, which may not throw, done once, so long from now: in a turn of the event loop, or within a call of `log()`
 * where that never yields. Not at all where no run is open any more.
 */
export function workLater(afterMs: number, action: () => void): void {
  const dueMs = Date.now() + afterMs;
  duties = [...duties, { dueMs, action }];
  nextDueMs = Math.min(nextDueMs, dueMs);
}

function doDuties(nowMs: number): void {
  const due = duties.filter(({ dueMs }) => dueMs <= nowMs);
  duties = duties.filter(({ dueMs }) => dueMs > nowMs);
  nextDueMs = Math.min(...duties.map(({ dueMs }) => dueMs));
  for (const { action } of due) action();
}

function followJournals(): void {
  journalThread.follow(Array.from(runs).flatMap((run) => run.journal() ?? []));
}

function hear(): void {
  journalThread.hear();
  if (runs.size > 0) workLater(HEAR_EVERY_MS, hear);
}

function beginWatch(): void {
  workLater(THREAD_AFTER_MS, () => journalThread.start());
  workLater(HEAR_EVERY_MS, hear);
  watchErrors(onUncaught);
  turnTimer = setInterval(onTurn, TURN_EVERY_MS).unref();
  setImmediate(onTurn).unref();
}

function endWatch(): void {
  unwatchErrors();
  clearInterval(turnTimer);
  turnTimer = undefined;
  duties = [];
  nextDueMs = Number.POSITIVE_INFINITY;
  stopListening();
}

function onTurn(): void {
  if (runs.size === 0) return;
  calledSinceMs = 0;
  startListening();
  const nowMs = Date.now();
  // The script went on: whatever ends it will be another thing.
  if (nowMs > (uncaughtError?.atMs ?? nowMs) + ENDED_AFTER_MS) uncaughtError = undefined;
  if (nowMs >= nextDueMs) doDuties(nowMs);
}

function startListening(): void {
  if (isListening) return;
  isListening = true;
  // First, so that a listener that counts the others finds none of ours when its turn comes.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
}

function listenForExit(): void {
  const isNeeded = runs.size > 0 || sendingRuns.size > 0;
  if (isNeeded === isListeningForExit) return;
  isListeningForExit = isNeeded;
  if (isNeeded) process.on("exit", onExit);
  else process.off("exit", onExit);
}

function stopListening(): void {
  if (!isListening) return;
  isListening = false;
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  for (const run of runs) run.onSignal({ state: "failed", reason: signal });
  followJournals();
  stopListening();
  // Those who listen besides us decide what becomes of the script; the next turn listens again.
  if (process.listenerCount(signal) > 0) return;
  sendRest(
    [...sendingRuns].filter((run) => !run.isServerAway()),
    SIGNAL_SEND_LIMIT_MS,
  );
  process.kill(process.pid, signal);
}

function onUncaught(error: UncaughtError): void {
  uncaughtError = error;
  if (!endsWithoutExit()) return;
  for (const run of runs) run.onSignal(describeUncaught(error));
  followJournals();
  sendRest([...sendingRuns], ERROR_SEND_LIMIT_MS);
}

function onExit(code: number): void {
  const end = describeExit(code);
  for (const run of [...runs]) run.onExit(end);
  if (sendingRuns.size === 0) return;
  sendRest([...sendingRuns], uncaughtError === undefined ? undefined : ERROR_SEND_LIMIT_MS);
  for (const run of [...sendingRuns]) run.onLeave();
}

function describeExit(code: number): RunEnd {
  if (code === 0 && uncaughtError?.isToldAsZero !== true) return { state: "finished" };
  if (uncaughtError === undefined) return { state: "failed", reason: `exit code ${code}` };
  return describeUncaught(uncaughtError);
}

function describeUncaught({ error }: UncaughtError): RunEnd {
  return { state: "failed", reason: "uncaught error", error: showError(error) };
}

function showError(error: unknown): string {
  try {
    const { inspect } = process.getBuiltinModule("node:util");
    return inspect(error).slice(0, MAX_ERROR_LENGTH);
  } catch {
    // An object that cannot even be looked at.
    return "unknown error";
  }
}

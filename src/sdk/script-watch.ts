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
 * itself; nothing here keeps the script alive or changes its exit code.
 */

import type { RunEnd } from "../protocol/run.ts";
import { Heartbeat } from "./heartbeat.ts";
import {
  endsWithoutExit,
  type UncaughtError,
  unwatchErrors,
  watchErrors,
} from "./uncaught-errors.ts";

/** A run as it is watched; the methods work at once and never throw. */
export interface WatchedRun {
  /** The journal that it writes now. */
  journalPath(): string;
  /** The script was told to end by a signal; it may yet go on. */
  onSignal(end: RunEnd): void;
  /** The script ends now. */
  onExit(end: RunEnd): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const TURN_EVERY_MS = 100;
/** The event loop stands still after so long a row of calls without a turn between them. */
const STILL_AFTER_MS = 400;
/** The heartbeat begins so long after the first run: a short script needs none. */
const HEARTBEAT_AFTER_MS = 1_000;
/** What nobody caught has ended the script after so long, or does not. */
const ENDED_AFTER_MS = 1_000;
const MAX_ERROR_LENGTH = 16_384;

const runs = new Set<WatchedRun>();
const heartbeat = new Heartbeat();
let turnTimer: NodeJS.Timeout | undefined;
/** When the first call since the last turn came; 0 for none. */
let calledSinceMs = 0;
/** What is to be done once, each at its time. */
let duties: readonly { readonly dueMs: number; readonly action: () => void }[] = [];
/** When the first of them is due. */
let nextDueMs = Number.POSITIVE_INFINITY;
let isListening = false;
let uncaughtError: UncaughtError | undefined;

/** Begins to watch a run; to be called again when it writes another journal. */
export function watchRun(run: WatchedRun): void {
  if (runs.size === 0) beginWatch();
  runs.add(run);
  followJournals();
}

export function unwatchRun(run: WatchedRun): void {
  if (!runs.delete(run)) return;
  followJournals();
  if (runs.size === 0) endWatch();
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
  heartbeat.follow(Array.from(runs, (run) => run.journalPath()));
}

function beginWatch(): void {
  workLater(HEARTBEAT_AFTER_MS, () => heartbeat.start());
  process.on("exit", onExit);
  watchErrors(onUncaught);
  turnTimer = setInterval(onTurn, TURN_EVERY_MS).unref();
  setImmediate(onTurn).unref();
}

function endWatch(): void {
  process.off("exit", onExit);
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

function stopListening(): void {
  if (!isListening) return;
  isListening = false;
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onSignal(signal: NodeJS.Signals): void {
  for (const run of runs) run.onSignal({ state: "failed", reason: signal });
  stopListening();
  // Those who listen besides us decide what becomes of the script; the next turn listens again.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function onUncaught(error: UncaughtError): void {
  uncaughtError = error;
  if (!endsWithoutExit()) return;
  for (const run of runs) run.onSignal(describeUncaught(error));
}

function onExit(code: number): void {
  const end = describeExit(code);
  for (const run of [...runs]) run.onExit(end);
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

/** Where an axis is marked and what stands there: steps of 1, 2 and 5, decades, or the times that a clock shows. */

import { formatClock, formatDuration, formatPower, formatSi, minus } from "./format.ts";

export interface Tick {
  readonly at: number;
  /** Empty: a mark without words. */
  readonly text: string;
}

/** What the numbers of an x axis are: steps, seconds, or epoch milliseconds. */
export type XUnit = "step" | "seconds" | "moment";

/** About `count` round values between `from` and `to`. */
export function roundTicks(
  from: number,
  to: number,
  count: number,
): { readonly values: number[]; readonly step: number } {
  const raw = (to - from) / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return { values: [from], step: 1 };
  const power = 10 ** Math.floor(Math.log10(raw));
  const part = raw / power;
  const step = (part < 1.5 ? 1 : part < 3.2 ? 2 : part < 7 ? 5 : 10) * power;
  return { values: multiples(from, to, step), step };
}

/** Ticks of a linear value axis. */
export function valueTicks(from: number, to: number, count: number): Tick[] {
  const { values, step } = roundTicks(from, to, count);
  const largest = Math.max(step, ...values.map(Math.abs));
  return values.map((at) => ({ at, text: tickText(at, step, largest) }));
}

/** Ticks of a logarithmic axis: decades, under 1.6 of them also 2 and 5; the rest are marks without words. */
export function logTicks(from: number, to: number): Tick[] {
  const low = Math.log10(from);
  const high = Math.log10(to);
  const decades = high - low;
  if (!(decades > 0) || !Number.isFinite(decades)) return [];
  const every = Math.max(1, Math.ceil(decades / 8));
  const ticks: Tick[] = [];
  for (let power = Math.floor(low); power <= high; power += 1) {
    for (let digit = 1; digit < 10; digit += 1) {
      const at = Number(`${digit}e${power}`);
      if (at < from || at > to) continue;
      const named =
        digit === 1 ? power % every === 0 : decades < 1.6 && (digit === 2 || digit === 5);
      if (named) ticks.push({ at, text: logText(at) });
      else if (every === 1) ticks.push({ at, text: "" });
    }
  }
  if (ticks.filter((tick) => tick.text !== "").length >= 2 || decades > 0.7) return ticks;
  return valueTicks(from, to, 4);
}

/** Ticks of an x axis of `unit`. */
export function xTicks(from: number, to: number, count: number, unit: XUnit, log: boolean): Tick[] {
  if (log && unit !== "moment") return logTicks(from, to);
  if (unit === "seconds") return durationTicks(from, to, count);
  if (unit === "moment") return momentTicks(from, to, count);
  const { values, step } = roundTicks(from, to, count);
  const whole = step < 1 ? { values, step } : { values: values.filter(Number.isInteger), step };
  return whole.values.map((at) => ({ at, text: stepText(at, step) }));
}

const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600];
const DAY = 86_400;

function durationTicks(from: number, to: number, count: number): Tick[] {
  const wanted = (to - from) / count;
  if (wanted < 1) {
    const { values, step } = roundTicks(from, to, count);
    const digits = digitsAfterPoint(step);
    return values.map((at) => ({ at, text: at === 0 ? "0" : `${minus(at.toFixed(digits))}s` }));
  }
  const step = roundTime(wanted);
  return multiples(from, to, step).map((at) => ({
    at,
    text: at === 0 ? "0" : formatDuration(at).replace(/ 00[smh]$/, ""),
  }));
}

function momentTicks(from: number, to: number, count: number): Tick[] {
  const wanted = (to - from) / 1000 / count;
  const step = roundTime(Math.max(1, wanted));
  const zone = new Date(from).getTimezoneOffset() * 60_000;
  return multiples(from - zone, to - zone, step * 1000).map((local) => {
    const at = local + zone;
    const date = new Date(at);
    const midnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
    if (midnight || step >= DAY) {
      return { at, text: date.toLocaleDateString("en-US", { month: "short", day: "numeric" }) };
    }
    return { at, text: formatClock(at, step < 60) };
  });
}

function roundTime(seconds: number): number {
  const found = SECONDS.find((step) => step >= seconds * 0.9);
  if (found !== undefined) return found;
  const days = seconds / DAY;
  return DAY * (days <= 0.5 ? 0.5 : ([1, 2, 5, 10, 20, 50].find((d) => d >= days) ?? 100));
}

function stepText(at: number, step: number): string {
  if (at === 0) return "0";
  if (step >= 1000) return formatSi(at);
  if (step < 1) return minus(at.toFixed(digitsAfterPoint(step)));
  return minus(at.toLocaleString("en-US"));
}

/** All words of an axis are of one form, by its `largest` value. */
function tickText(at: number, step: number, largest: number): string {
  if (at === 0) return "0";
  if (largest >= 1e15) return formatPower(at);
  if (largest >= 1e4) {
    const [unit, prefix] =
      largest >= 1e12 ? [1e12, "T"] : largest >= 1e9 ? [1e9, "G"] : midSize(largest);
    return minus((at / unit).toFixed(digitsAfterPoint(step / unit))) + prefix;
  }
  if (largest < 1e-3) return formatPower(at);
  return minus(at.toFixed(digitsAfterPoint(step)));
}

function midSize(size: number): readonly [number, string] {
  return size >= 1e6 ? [1e6, "M"] : [1e3, "k"];
}

function logText(at: number): string {
  return at >= 1e4 || at < 1e-3 ? formatPower(at) : String(Number(at.toPrecision(1)));
}

function digitsAfterPoint(step: number): number {
  return Math.min(20, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

function multiples(from: number, to: number, step: number): number[] {
  const values: number[] = [];
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  // Counted from 0: beyond 2^53 a number and the next one are the same, and a loop over them has no end.
  for (let i = 0; i <= Math.min(last - first, 999); i += 1) {
    const n = first + i;
    // 3 × 0.1 is not 0.3: what is shown and compared is the round number.
    const value = n === 0 ? 0 : Number((n * step).toPrecision(15));
    if (values.length === 0 || value > values.at(-1)!) values.push(value);
  }
  return values;
}

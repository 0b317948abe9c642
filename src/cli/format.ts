/** Numbers, sizes and times as people read them in a table. */

import type { Value } from "../protocol/values.ts";
import { toPlainJson } from "./json-text.ts";

/** Six significant digits; integers and bigints whole; NaN and ±Infinity as words. */
export function formatNumber(value: number | bigint): string {
  if (typeof value === "bigint" || Number.isSafeInteger(value) || !Number.isFinite(value)) {
    return String(value);
  }
  // Zeros that nobody logged would read as digits.
  if (Math.abs(value) >= 1e15) return value.toExponential(5).replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(6)));
}

/** `1,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 run`, `2 runs`. */
export function formatQuantity(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `512 B`, `1.5 kB`, `12 MB`: in thousands, as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 9.95 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** `2026-11-23 01:55:05`, in the zone of this machine. */
export function formatTime(timeMs: number): string {
  const date = new Date(timeMs);
  const pad = (part: number) => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** Farther from 1970 than this no date is known: 100 million days. */
const MAX_TIME_MS = 8.64e15;

/**
 * `2026-11-23T01:55:05.123Z`; fractions of a millisecond, where there are any, to the microsecond.
 * What no date can say, e.g. nanoseconds taken for milliseconds, stays the number that it is.
 */
export function isoTime(timeMs: number): string {
  if (!(Math.abs(timeMs) <= MAX_TIME_MS)) return String(timeMs);
  const iso = new Date(Math.floor(timeMs)).toISOString();
  const micros = Math.floor((timeMs - Math.floor(timeMs)) * 1000);
  return micros === 0 ? iso : `${iso.slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
}

/** `42s`, `3m 20s`, `5h 07m`, `2d 03h`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  const pad = (part: number) => String(part).padStart(2, "0");
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  if (seconds < 86_400) {
    return `${Math.floor(seconds / 3600)}h ${pad(Math.floor((seconds % 3600) / 60))}m`;
  }
  return `${Math.floor(seconds / 86_400)}d ${pad(Math.floor((seconds % 86_400) / 3600))}h`;
}

/** A value of a config or summary on one line: text as it is, the rest as JSON. */
export function formatValue(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return JSON.stringify(toPlainJson(value));
}

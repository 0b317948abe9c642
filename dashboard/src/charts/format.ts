/**
 * Numbers as people read them: four significant digits, SI prefixes, a real
 * minus sign (U+2212). The same number always gets the same text, and its
 * width hardly changes, so that digits never make a page jump.
 */

const PREFIXES = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
] as const;

/** `value` with an SI prefix and three significant digits: 1.25M, 340µ. */
export function formatSi(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const [unit, prefix] = PREFIXES.find(([from]) => size >= from) ?? PREFIXES[7];
  return minus(String(Number((value / unit).toPrecision(3)))) + prefix;
}

/** `value` as digits and a power of ten: 1.2e−6. */
export function formatPower(value: number, digits = 2): string {
  const [head, power] = value.toExponential(digits - 1).split("e");
  return `${minus(String(Number(head)))}e${minus(String(Number(power)))}`;
}

/** `value` in a tooltip, a legend or a table. */
export function formatValue(value: number): string {
  const word = notFinite(value);
  if (word !== undefined) return word;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e15) return formatPower(value);
  if (size >= 1e5) return formatSi(value);
  if (size < 1e-3) return formatPower(value);
  if (size >= 1000) return minus(Math.round(value).toLocaleString("en-US"));
  return minus(value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4));
}

const LONGEST_SHORT = 7;

/** `value` in the gutter beside a plot, which has room for six characters. */
export function formatShort(value: number): string {
  const word = notFinite(value);
  if (word !== undefined) return word;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-3 || size >= 1e15) {
    const text = formatPower(value);
    return text.length <= LONGEST_SHORT ? text : formatPower(value, 1);
  }
  if (size >= 1e4) return formatSi(value);
  return minus(
    value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4),
  );
}

/** A step: whole numbers with separators, fractions with up to six significant digits. */
export function formatStep(step: number): string {
  if (Number.isInteger(step)) return minus(step.toLocaleString("en-US"));
  return minus(String(Number(step.toPrecision(6))));
}

/** A time span: 1h 05m, 3m 20s, 12.5s. */
export function formatDuration(seconds: number): string {
  if (seconds < 0) return `−${formatDuration(-seconds)}`;
  if (seconds < 10 && !Number.isInteger(seconds)) return `${Number(seconds.toPrecision(3))}s`;
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  const two = (part: number) => String(part).padStart(2, "0");
  if (days > 0) return `${days}d ${two(hours)}h`;
  if (hours > 0) return `${hours}h ${two(minutes)}m`;
  if (minutes > 0) return `${minutes}m ${two(whole % 60)}s`;
  return `${whole}s`;
}

/** A moment on the reader's clock: Nov 3, 14:07:09. */
export function formatMoment(epochMs: number): string {
  const date = new Date(epochMs);
  const day = date.toLocaleDateString("en-US", { month: "short", day: "numeric" });
  return `${day}, ${formatClock(epochMs, true)}`;
}

/** The time of day on the reader's clock. */
export function formatClock(epochMs: number, seconds = false): string {
  const date = new Date(epochMs);
  const parts = [date.getHours(), date.getMinutes(), ...(seconds ? [date.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** How long ago, as in a list: 9 min ago under a day, then the date. */
export function formatAgo(epochMs: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - epochMs) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  const date = new Date(epochMs);
  const sameYear = date.getFullYear() === new Date(nowMs).getFullYear();
  const day = date.toLocaleDateString("en-US", { month: "short", day: "numeric" });
  return sameYear ? day : `${day}, ${date.getFullYear()}`;
}

export function minus(text: string): string {
  return text.replaceAll("-", "−");
}

function notFinite(value: number): string | undefined {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "−Inf" : undefined;
}

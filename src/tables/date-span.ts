/** Dates as a person types them into a filter: a day, a month or a year stands for all of its moments, in UTC. */

export interface DateSpan {
  /** Epoch milliseconds, both inclusive. */
  readonly from: number;
  readonly last: number;
}

/** The moments that the value names; undefined where it is no date. Numbers are epoch milliseconds. */
export function parseDates(value: string | number | boolean): DateSpan | undefined {
  if (typeof value === "number") return { from: value, last: value };
  if (typeof value === "boolean") return undefined;
  const match = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(value.trim());
  if (match === null) {
    // Whatever has no time of day is one of the above; so this one has, and names a moment.
    const ms = /\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(ms) ? undefined : { from: ms, last: ms };
  }
  const [year, month, day] = match.slice(1).map((part) => part && Number(part)) as number[];
  const from = Date.UTC(year as number, (month ?? 1) - 1, day ?? 1);
  const next =
    day !== undefined
      ? Date.UTC(year as number, (month as number) - 1, day + 1)
      : month !== undefined
        ? Date.UTC(year as number, month, 1)
        : Date.UTC((year as number) + 1, 0, 1);
  return { from, last: next - 1 };
}

/** The tokens that a canvas needs, read from the page once per theme. */

export interface ChartTheme {
  readonly hues: readonly string[];
  readonly dashes: readonly (readonly number[])[];
  readonly ghost: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly line2: string;
  readonly grid: string;
  readonly background: string;
  readonly bad: string;
  readonly accent: string;
  /** Opacity of a min–max band. */
  readonly band: number;
  /** Opacity of the raw line behind a smoothed one. */
  readonly raw: number;
  /** Font of all that is written in a chart. */
  readonly font: string;
}

let current: ChartTheme | undefined;

/** The theme as the page shows it now. */
export function chartTheme(): ChartTheme {
  current ??= readTheme();
  return current;
}

/** To be called when the page's theme has changed, before charts draw again. */
export function forgetChartTheme(): void {
  current = undefined;
}

function readTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const lengths = (name: string) =>
    token(name)
      .split(/\s+/)
      .map(Number)
      .filter((length) => length > 0);
  return {
    hues: Array.from({ length: 10 }, (_, hue) => token(`s-${hue}`)),
    dashes: Array.from({ length: 4 }, (_, dash) => lengths(`dash-${dash}`)),
    ghost: token("s-ghost"),
    ink: token("ink"),
    ink2: token("ink-2"),
    ink3: token("ink-3"),
    line2: token("line-2"),
    grid: token("grid"),
    background: token("bg"),
    bad: token("bad"),
    accent: token("accent"),
    band: Number(token("band")),
    raw: Number(token("raw")),
    font: `${token("t-axis")} ${token("font")}`,
  };
}

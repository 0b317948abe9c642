/** Icons, status shapes and samples of a run's line. Ornament beside words: hidden from screen readers unless it stands for one. */

import type { JSX } from "solid-js";
import type { RunStatus } from "../../../src/protocol/run.ts";
import { runSign } from "../runs/run-sign.ts";

const ICONS = {
  search: () => (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  down: () => <path d="m4 6.2 4 4 4-4" />,
  expand: () => <path d="M9.7 2.5h3.8v3.8M6.3 13.5H2.5V9.7M13.3 2.7 9.6 6.4M2.7 13.3l3.7-3.7" />,
  close: () => <path d="m4 4 8 8M12 4l-8 8" />,
  filter: () => <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />,
  theme: () => (
    <>
      <circle cx="8" cy="8" r="5.2" />
      <path d="M8 2.8a5.2 5.2 0 0 1 0 10.4z" fill="currentColor" />
    </>
  ),
  solo: () => (
    <>
      <circle cx="8" cy="8" r="5" />
      <circle cx="8" cy="8" r="1.7" fill="currentColor" stroke="none" />
    </>
  ),
  copy: () => (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1" />
      <path d="M3.6 10.5H2.5v-8h8v1.1" />
    </>
  ),
  share: () => <path d="M8 9.6V2.6M5.2 5.2 8 2.4l2.8 2.8M4.6 7.4H3v6.1h10V7.4h-1.6" />,
  reset: () => <path d="M3.2 8.2a4.8 4.8 0 1 0 1.5-3.7L3 6.1M3 2.9v3.2h3.2" />,
  sliders: () => (
    <>
      <path d="M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6" />
      <circle cx="10.2" cy="5" r="1.6" />
      <circle cx="5.8" cy="11" r="1.6" />
    </>
  ),
  log: () => <path d="M3 3v10h10M3 10.5h1.4M3 8.2h1.4M3 6.6h1.4M3 5.4h1.4M6 11c.4-4.6 2-6.6 7-7" />,
  warn: () => <path d="M8 2.6 14 13H2zM8 6.6v3M8 11.3v.1" />,
  offline: () => (
    <path d="M2 6.6a9 9 0 0 1 6-2.2M14 6.6a9 9 0 0 0-2.4-1.6M4.4 9.2A5.6 5.6 0 0 1 7 7.8M11.6 9.2a5.6 5.6 0 0 0-.9-.7M7.9 12.2h.2M3 13 13 3" />
  ),
  list: () => <path d="M3 4h10M3 8h10M3 12h10" />,
  ascending: () => <path d="M8 13V3.2M4.6 6.5 8 3.1l3.4 3.4" />,
  descending: () => <path d="M8 3v9.8M4.6 9.5 8 12.9l3.4-3.4" />,
  sidebar: () => (
    <>
      <rect x="2.5" y="3" width="11" height="10" rx="1" />
      <path d="M6.2 3v10" />
    </>
  ),
  left: () => <path d="m9.8 4-4 4 4 4" />,
  right: () => <path d="m6.2 4 4 4-4 4" />,
  newest: () => <path d="m4.2 4 4 4-4 4M11.6 3.6v8.8" />,
  compare: () => (
    <>
      <rect x="2.5" y="3" width="4.5" height="10" rx="1" />
      <rect x="9" y="3" width="4.5" height="10" rx="1" />
    </>
  ),
  out: () => <path d="M9.5 2.7h3.8v3.8M13 3 7.6 8.4M6.4 3.7H3.1v9.2h9.2V9.6" />,
  download: () => <path d="M8 2.5V10M4.8 7 8 10.1 11.2 7M3 13.2h10" />,
  play: () => <path d="M5.2 3.6v8.8L12.4 8z" fill="currentColor" />,
  pause: () => <path d="M5.5 3.5v9M10.5 3.5v9" stroke-width="2" />,
  file: () => <path d="M4 2.5h5l3 3v8H4zM9 2.5v3h3" />,
  loop: () => (
    <path d="M3 8a4 4 0 0 1 4-3.8h5M10 2l2.2 2.2L10 6.4M13 8a4 4 0 0 1-4 3.8H4M6 14l-2.2-2.2L6 9.6" />
  ),
} satisfies Record<string, () => JSX.Element>;

export type IconName = keyof typeof ICONS;

export function Icon(props: { readonly name: IconName }) {
  return (
    <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
      {ICONS[props.name]()}
    </svg>
  );
}

const SHAPES: Record<RunStatus, () => JSX.Element> = {
  running: () => (
    <>
      <circle cx="6" cy="6" r="4.6" />
      <circle cx="6" cy="6" r="2.1" fill="currentColor" stroke="none" />
    </>
  ),
  finished: () => <path d="m2.6 6.4 2.4 2.4 4.4-5.4" />,
  failed: () => <path d="m3 3 6 6M9 3 3 9" />,
  idle: () => (
    <>
      <circle cx="6" cy="6" r="4.6" />
      <path d="M4.8 4.2v3.6M7.2 4.2v3.6" />
    </>
  ),
  lost: () => <circle cx="6" cy="6" r="4.4" stroke-dasharray="2.3 2.3" />,
};

/** The shape of a status; its word is said by what stands beside it. */
export function StatusShape(props: { readonly status: RunStatus }) {
  return (
    <span class={`st ${props.status}`} aria-hidden="true">
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {SHAPES[props.status]()}
      </svg>
    </span>
  );
}

const SAMPLE_DASHES = [undefined, "4.3 1.9", "5.6 1.9 1.2 1.9", "1.2 1.9"] as const;

/** A sample of a line itself, hue and dash: the same mark in list, legend, tooltip and table. */
export function LineSample(props: {
  readonly hue: number;
  readonly dash: number;
  readonly off?: boolean;
}) {
  return (
    <svg class="sample" width="16" height="12" viewBox="0 0 16 12" aria-hidden="true">
      <path
        d="M1 6H15"
        fill="none"
        stroke={props.off ? "var(--s-ghost)" : `var(--s-${props.hue})`}
        stroke-width={props.off ? 1 : 2.5}
        stroke-dasharray={props.off ? undefined : SAMPLE_DASHES[props.dash]}
      />
    </svg>
  );
}

/** The sample of the run of that number. */
export function RunSample(props: { readonly number: number; readonly off?: boolean }) {
  const sign = () => runSign(props.number);
  return <LineSample hue={sign().hue} dash={sign().dash} off={props.off ?? false} />;
}

export function BrandMark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <path
        d="M3 3.2c.9 7.3 3.3 11 9.4 11.9"
        fill="none"
        stroke="currentColor"
        stroke-width="2.2"
        stroke-linecap="round"
      />
      <circle cx="15.6" cy="15.4" r="2.4" fill="var(--accent)" />
    </svg>
  );
}

/**
 * The step slider: one tick a step that exists, evenly spaced, so that each can be
 * reached. Until a person moves it, it stands at the newest step; at the newest
 * step it follows what arrives.
 */

import { createMemo, createSignal, For, Show } from "solid-js";
import { Icon } from "../app/icons.tsx";
import { formatStep } from "../charts/format.ts";
import { lastUpTo } from "../state/key-steps.ts";

export interface StepperProps {
  /** Rising, each once. */
  readonly steps: readonly number[];
  /** Undefined: the newest, also while it grows. */
  readonly step: number | undefined;
  readonly change: (step: number | undefined) => void;
  /** What the steps are of, for screen readers. */
  readonly label?: string;
  /** Inside a card: smaller, without the word. */
  readonly compact?: boolean;
}

/** More ticks than this are a grey bar: they are thinned, the steps are all there. */
const MOST_TICKS = 120;
const LONG_MOVE = 10;

export function Stepper(props: StepperProps) {
  let rail!: HTMLDivElement;
  const [isDragged, setIsDragged] = createSignal(false);
  const last = () => props.steps.length - 1;
  const at = createMemo(() =>
    props.step === undefined ? last() : Math.max(0, lastUpTo(props.steps, props.step)),
  );
  const isFollowing = () => props.step === undefined;
  const value = () => props.step ?? props.steps[last()];
  const place = (index: number) => (last() <= 0 ? 50 : (index / last()) * 100);
  const goTo = (index: number) => {
    const bounded = Math.max(0, Math.min(last(), index));
    props.change(bounded === last() ? undefined : props.steps[bounded]);
  };
  /** From between two steps, the first move goes to a step beside it. */
  const move = (by: number) => {
    const isBetween = value() !== props.steps[at()];
    goTo(at() + (isBetween && by < 0 && value()! > props.steps[at()]! ? by + 1 : by));
  };
  const drag = (event: PointerEvent) => {
    const { left, width } = rail.getBoundingClientRect();
    goTo(Math.round(((event.clientX - left) / width) * last()));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = KEY_MOVES[event.key];
    if (by === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    move(event.shiftKey ? by * LONG_MOVE : by);
  };
  const ticks = createMemo(() => {
    const every = Math.max(1, Math.ceil(props.steps.length / MOST_TICKS));
    return Array.from({ length: Math.ceil(props.steps.length / every) }, (_, i) => i * every);
  });
  const icon = () => `icon ${props.compact ? "s" : ""}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row of a toolbar
    <div
      class={`stepper ${props.compact ? "compact" : ""}`}
      role="group"
      aria-label={props.label ?? "Step"}
    >
      <Show when={!props.compact}>
        <span class="lab">Step</span>
      </Show>
      <button
        type="button"
        class={icon()}
        title="Earlier step"
        aria-label="Earlier step"
        disabled={at() <= 0 && value() === props.steps[0]}
        onClick={() => move(-1)}
      >
        <Icon name="left" />
      </button>
      <div
        ref={rail}
        class={`ticks ${isDragged() ? "dragged" : ""}`}
        role="slider"
        tabIndex={0}
        aria-label={props.label ?? "Step"}
        aria-valuemin={props.steps[0] ?? 0}
        aria-valuemax={props.steps[last()] ?? 0}
        aria-valuenow={value() ?? 0}
        aria-valuetext={describe(value(), at(), props.steps.length, isFollowing())}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          rail.setPointerCapture(event.pointerId);
          setIsDragged(true);
          drag(event);
        }}
        onPointerMove={(event) => isDragged() && drag(event)}
        onLostPointerCapture={() => setIsDragged(false)}
      >
        <For each={ticks()}>{(index) => <i style={{ left: `${place(index)}%` }} />}</For>
        <b style={{ left: `${place(at())}%` }} />
      </div>
      <button
        type="button"
        class={icon()}
        title="Later step"
        aria-label="Later step"
        disabled={at() >= last()}
        onClick={() => move(1)}
      >
        <Icon name="right" />
      </button>
      <output style={{ "--digits": longestStep(props.steps) }}>
        {value() === undefined ? "–" : formatStep(value()!)}
      </output>
      <button
        type="button"
        class={`${icon()} newest`}
        title={isFollowing() ? "Follows the newest step" : "To the newest step, and follow it"}
        aria-label="Follow the newest step"
        aria-pressed={isFollowing()}
        onClick={() => props.change(undefined)}
      >
        <Icon name="newest" />
      </button>
    </div>
  );
}

/** Letters of the longest of `steps`: with room for it, nothing beside a step moves, whichever is told. */
export function longestStep(steps: readonly number[]): number {
  return Math.max(formatStep(steps[0] ?? 0).length, formatStep(steps.at(-1) ?? 0).length);
}

const KEY_MOVES: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -LONG_MOVE,
  PageUp: LONG_MOVE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function describe(
  step: number | undefined,
  at: number,
  count: number,
  isFollowing: boolean,
): string {
  if (step === undefined) return "no step yet";
  return `${formatStep(step)}, ${at + 1} of ${count}${isFollowing ? ", the newest" : ""}`;
}

/**
 * One picture as large as the window, always on dark grey, since colours are
 * judged there. Arrows walk the pictures and the runs, `<` and `>` the steps; the
 * picture is zoomed and moved by wheel, fingers and keys.
 */

import { createEffect, createMemo, createSignal, on, onMount, Show } from "solid-js";
import { blobUrl } from "../api/client.ts";
import { Icon, RunSample } from "../app/icons.tsx";
import { formatStep } from "../charts/format.ts";
import { lastUpTo, nearestStep, type StepsByRun } from "../state/key-steps.ts";
import type { KeyedMedia } from "../state/media-facts.ts";
import { createStepItems, type MediaItem, type StepItems } from "../state/step-items.ts";
import type { Workspace } from "../state/workspace.ts";
import { describeBlob, fileName } from "./blob-words.ts";
import { LargeMedia, type ShownSize, sizeFor } from "./large-media.tsx";
import { LightboxCaption } from "./lightbox-caption.tsx";
import { describeItem } from "./media-tile.tsx";
import { longestStep } from "./stepper.tsx";

export interface LightboxProps {
  readonly workspace: Workspace;
  readonly media: KeyedMedia;
  readonly place: LightboxPlace;
  readonly move: (place: LightboxPlace) => void;
  /** Steps of all runs, rising. */
  readonly steps: readonly number[];
  readonly stepsByRun: StepsByRun | undefined;
  readonly close: () => void;
}

/** Which one is shown. */
export interface LightboxPlace {
  readonly run: string;
  readonly step: number;
  readonly index: number;
}

export function Lightbox(props: LightboxProps) {
  const { runs, lastMediaChange, offline, project, view } = props.workspace;
  let dialog!: HTMLDialogElement;
  const place = () => props.place;
  const [percent, setPercent] = createSignal("");
  const [size, setSize] = createSignal<ShownSize>();
  const ids = createMemo(() => props.media.runs.map(({ run }) => run));
  const question = createMemo(
    () => ({
      project: project()?.key ?? view().project ?? "",
      key: props.media.key,
      kind: props.media.kind,
      runs: ids(),
      step: place().step,
    }),
    undefined,
    { equals: (a, b) => a.step === b.step && a.runs === b.runs && a.key === b.key },
  );
  const read = createStepItems(question, lastMediaChange, offline);
  const row = createMemo<readonly MediaItem[]>(() => {
    const items = read.items();
    return items?.step === place().step ? (items.byRun.get(place().run) ?? []) : [];
  });
  /** What is shown stays until the next is known. */
  const item = createMemo<MediaItem | undefined>((last) => {
    const items = row();
    return items[Math.min(place().index, items.length - 1)] ?? last;
  });
  const run = () => runs()?.find(({ id }) => id === (item() ?? place()).run);

  /** Arrows lead nowhere: nothing else is there at this step. */
  const isAlone = () => row().length < 2 && runsThere().length < 2;
  const goTo = (change: Partial<LightboxPlace>) => props.move({ ...place(), ...change });
  const movePicture = (by: number) => {
    const count = row().length;
    if (count > 1) goTo({ index: (Math.min(place().index, count - 1) + by + count) % count });
    else moveRun(by);
  };
  /** To the next run that has something at this step. */
  const runsThere = () => ids().filter((id) => read.items()?.byRun.has(id) !== false);
  const moveRun = (by: number) => {
    const there = runsThere();
    if (there.length < 2) return;
    const at = there.indexOf(place().run);
    goTo({ run: there[(at + by + there.length) % there.length]! });
  };
  const steps = () => props.stepsByRun?.get(place().run) ?? props.steps;
  /** The step before or after at which this run has something. */
  const stepBeside = (by: number) => steps()[lastUpTo(steps(), place().step) + by];
  const toStep = (step: number | undefined) => step !== undefined && goTo({ step });
  const moveStep = (by: number) => toStep(stepBeside(by));
  const shownIndex = () => Math.max(0, Math.min(place().index, row().length - 1));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    // A player under focus keeps its own arrow keys.
    if (event.target instanceof HTMLMediaElement) return;
    const act = {
      ArrowLeft: () => movePicture(-1),
      ArrowRight: () => movePicture(1),
      ArrowUp: () => moveRun(-1),
      ArrowDown: () => moveRun(1),
      "<": () => moveStep(-1),
      ",": () => moveStep(-1),
      PageUp: () => moveStep(-1),
      ">": () => moveStep(1),
      ".": () => moveStep(1),
      PageDown: () => moveStep(1),
      Home: () => toStep(steps()[0]),
      End: () => toStep(steps().at(-1)),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  onMount(() => {
    dialog.showModal();
    // Not the first button: arrows are the picture's, and no ring is drawn before a key is pressed.
    dialog.focus();
  });
  // A run that loses the step while it is looked at: the nearest step it has stands in.
  createEffect(
    on(read.items, (items) => {
      if (!items || items.step !== place().step || items.byRun.has(place().run)) return;
      const near = nearestStep(props.stepsByRun?.get(place().run) ?? [], place().step);
      if (near !== undefined && near !== place().step) goTo({ step: near });
    }),
  );
  return (
    <dialog
      ref={dialog}
      class="lightbox"
      tabIndex={-1}
      aria-label={`${props.media.key}, enlarged`}
      onClose={props.close}
      onKeyDown={onKeyDown}
    >
      <header class="lightbox-bar">
        <RunSample number={run()?.number ?? 0} />
        <b class="cut">{run()?.name}</b>
        <span class="dim cut">{props.media.key}</span>
        <span class="lightbox-step">
          <button
            type="button"
            class="icon s"
            aria-label="Earlier step"
            aria-disabled={stepBeside(-1) === undefined}
            title={stepBeside(-1) === undefined ? "This is its first step" : "Earlier step (,)"}
            onClick={() => moveStep(-1)}
          >
            <Icon name="left" />
          </button>
          <span style={{ "--digits": longestStep(steps()) }}>
            step {formatStep((item() ?? place()).step)}
          </span>
          <button
            type="button"
            class="icon s"
            aria-label="Later step"
            aria-disabled={stepBeside(1) === undefined}
            title={stepBeside(1) === undefined ? "This is its newest step" : "Later step (.)"}
            onClick={() => moveStep(1)}
          >
            <Icon name="right" />
          </button>
        </span>
        <span class="grow" />
        <span class="dim not-s">
          {shownIndex() + 1} of {Math.max(1, row().length)}
        </span>
        <Show when={item()}>
          {(shown) => (
            <a
              class="icon"
              href={blobUrl(shown().fields, fileName(props.media.key, shown()))}
              download=""
              aria-label="Download"
              title="Download"
            >
              <Icon name="download" />
            </a>
          )}
        </Show>
        <button type="button" class="icon" aria-label="Close" onClick={() => dialog.close()}>
          <Icon name="close" />
        </button>
      </header>
      <div class="lightbox-stage">
        <Show when={item()} fallback={<Absent error={read.error()} items={read.items()} />}>
          {(shown) => (
            <LargeMedia
              item={shown()}
              mediaKey={props.media.key}
              tellPercent={setPercent}
              tellSize={setSize}
            />
          )}
        </Show>
        <button
          type="button"
          class="icon side-left"
          aria-label="Previous picture"
          aria-disabled={isAlone()}
          title={isAlone() ? "The only one at this step" : "Previous picture"}
          onClick={() => movePicture(-1)}
        >
          <Icon name="left" />
        </button>
        <button
          type="button"
          class="icon side-right"
          aria-label="Next picture"
          aria-disabled={isAlone()}
          title={isAlone() ? "The only one at this step" : "Next picture"}
          onClick={() => movePicture(1)}
        >
          <Icon name="right" />
        </button>
      </div>
      <p class="sr" aria-live="polite">
        {item() && `${describeItem(item()!, props.media.key)}, ${run()?.name}`}
      </p>
      <footer class="lightbox-bar">
        <LightboxCaption text={item()?.fields.caption} />
        <span class="grow" />
        <span class="dim">
          {item() && describeBlob(item()!.fields, sizeFor(item()!, size()))}
          {percent() === "" ? "" : ` · ${percent()}`}
        </span>
        <span class="dim not-s not-m">Arrows: picture and run. Esc: back.</span>
      </footer>
    </dialog>
  );
}

/** Nothing to show: not read yet, or not there. */
function Absent(props: {
  readonly error: string | undefined;
  readonly items: StepItems | undefined;
}) {
  return (
    <Show when={props.error ?? (props.items && "There is nothing at this step.")}>
      {(reason) => <span class="frame-note bad">{reason()}</span>}
    </Show>
  );
}

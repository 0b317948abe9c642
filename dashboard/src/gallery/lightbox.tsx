/**
 * One picture as large as the window, always on dark grey, since colours are
 * judged there. Arrows walk the pictures and the runs, `<` and `>` the steps; the
 * picture is zoomed and moved by wheel, fingers and keys.
 */

import {
  createEffect,
  createMemo,
  createSignal,
  Match,
  on,
  onCleanup,
  onMount,
  Switch,
} from "solid-js";
import { blobUrl } from "../api/client.ts";
import { Icon, RunSample } from "../app/icons.tsx";
import { formatStep } from "../charts/format.ts";
import { lastUpTo, nearestStep, type StepsByRun } from "../state/key-steps.ts";
import type { KeyedMedia } from "../state/media-facts.ts";
import { createStepItems, type MediaItem } from "../state/step-items.ts";
import type { Workspace } from "../state/workspace.ts";
import { createBlobRetry, TroubleNote } from "./blob-image.tsx";
import { describeBlob, fileName } from "./blob-words.ts";
import { describeItem, isAudio, isVideo } from "./media-tile.tsx";
import { ZoomStage } from "./zoom-stage.tsx";

export interface LightboxProps {
  readonly workspace: Workspace;
  readonly media: KeyedMedia;
  /** What is shown first. */
  readonly begin: MediaItem;
  /** Steps of all runs, rising. */
  readonly steps: readonly number[];
  readonly stepsByRun: StepsByRun | undefined;
  /** Tells the page which step is looked at now. */
  readonly stepped?: (step: number) => void;
  readonly close: () => void;
}

interface Place {
  readonly run: string;
  readonly step: number;
  readonly index: number;
}

export function Lightbox(props: LightboxProps) {
  const { runs, lastMediaChange, offline, project, view } = props.workspace;
  let dialog!: HTMLDialogElement;
  const [place, setPlace] = createSignal<Place>(props.begin);
  const [percent, setPercent] = createSignal("");
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
  const item = createMemo<MediaItem>((last) => {
    const items = row();
    return items[Math.min(place().index, items.length - 1)] ?? last;
  }, props.begin);
  const run = () => runs()?.find(({ id }) => id === item().run);

  const goTo = (change: Partial<Place>) => {
    const next = { ...place(), ...change };
    setPlace(next);
    if (next.step !== item().step) props.stepped?.(next.step);
  };
  const movePicture = (by: number) => {
    const count = row().length;
    if (count > 1) goTo({ index: (Math.min(place().index, count - 1) + by + count) % count });
    else moveRun(by);
  };
  /** To the next run that has something at this step. */
  const moveRun = (by: number) => {
    const items = read.items();
    const there = ids().filter((id) => items === undefined || items.byRun.has(id));
    if (there.length < 2) return;
    const at = there.indexOf(place().run);
    goTo({ run: there[(at + by + there.length) % there.length]! });
  };
  /** To the step before or after at which this run has something. */
  const moveStep = (by: number) => {
    const steps = props.stepsByRun?.get(place().run) ?? props.steps;
    const next = steps[lastUpTo(steps, place().step) + by];
    if (next !== undefined) goTo({ step: next });
  };
  const toEnd = (isNewest: boolean) => {
    const steps = props.stepsByRun?.get(place().run) ?? props.steps;
    const step = isNewest ? steps.at(-1) : steps[0];
    if (step !== undefined) goTo({ step });
  };
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
      Home: () => toEnd(false),
      End: () => toEnd(true),
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
            title="Earlier step (,)"
            onClick={() => moveStep(-1)}
          >
            <Icon name="left" />
          </button>
          <span aria-live="polite">step {formatStep(item().step)}</span>
          <button
            type="button"
            class="icon s"
            aria-label="Later step"
            title="Later step (.)"
            onClick={() => moveStep(1)}
          >
            <Icon name="right" />
          </button>
        </span>
        <span class="grow" />
        <span class="dim not-s">
          {item().index + 1} of {Math.max(row().length, item().index + 1)}
        </span>
        <a
          class="icon"
          href={blobUrl(item().fields.blob, fileName(props.media.key, item()))}
          download=""
          aria-label="Download"
          title="Download"
        >
          <Icon name="download" />
        </a>
        <button type="button" class="icon" aria-label="Close" onClick={() => dialog.close()}>
          <Icon name="close" />
        </button>
      </header>
      <div class="lightbox-stage">
        <Large item={item()} mediaKey={props.media.key} tellPercent={setPercent} />
        <button
          type="button"
          class="icon side-left"
          aria-label="Previous picture"
          onClick={() => movePicture(-1)}
        >
          <Icon name="left" />
        </button>
        <button
          type="button"
          class="icon side-right"
          aria-label="Next picture"
          onClick={() => movePicture(1)}
        >
          <Icon name="right" />
        </button>
      </div>
      <footer class="lightbox-bar">
        <span class="lightbox-caption" title={item().fields.caption}>
          {item().fields.caption}
        </span>
        <span class="grow" />
        <span class="dim">
          {describeBlob(item().fields)}
          {percent() === "" ? "" : ` · ${percent()}`}
        </span>
        <span class="dim not-s not-m">Arrows: picture and run. Esc: back.</span>
      </footer>
    </dialog>
  );
}

export function Large(props: {
  readonly item: MediaItem;
  readonly mediaKey: string;
  readonly tellPercent: (percent: string) => void;
}) {
  const label = () => describeItem(props.item, props.mediaKey);
  const isPlayed = () => isVideo(props.item) || isAudio(props.item);
  createEffect(() => isPlayed() && props.tellPercent(""));
  return (
    <Switch fallback={<ZoomStage {...props} label={label()} />}>
      <Match when={isPlayed()}>
        <Played item={props.item} label={label()} />
      </Match>
    </Switch>
  );
}

function Played(props: { readonly item: MediaItem; readonly label: string }) {
  let element!: HTMLVideoElement;
  const retried = createBlobRetry(() => props.item.fields.blob, "video");
  onCleanup(() => element.pause());
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: what was logged has no text track; its caption stands below */}
      <video
        ref={element}
        class={isAudio(props.item) ? "large sound" : "large enlarged"}
        src={retried.url()}
        controls
        loop
        playsinline
        autoplay={!matchMedia("(prefers-reduced-motion: reduce)").matches}
        aria-label={props.label}
        hidden={retried.trouble() !== undefined}
        onError={retried.failed}
        onLoadedMetadata={retried.arrived}
      />
      <TroubleNote trouble={retried.trouble()} alt={props.label} isSmall={false} />
    </>
  );
}

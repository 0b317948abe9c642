/** Pictures, videos or sounds of one key as a card among the charts, with a step slider of its own. */

import { createMemo, createSignal, Show } from "solid-js";
import { Icon } from "../app/icons.tsx";
import { MetricTitle } from "../pages/chart-card.tsx";
import { createKeySteps } from "../state/key-steps.ts";
import { createStepItems } from "../state/step-items.ts";
import { changeLook } from "../state/table-look.ts";
import type { Workspace } from "../state/workspace.ts";
import { Lightbox, type LightboxPlace } from "./lightbox.tsx";
import { runHints } from "./run-hint.ts";
import { StepGallery } from "./step-gallery.tsx";
import { Stepper } from "./stepper.tsx";
import type { TileKind } from "./tile-layout.ts";

export interface MediaCardProps {
  readonly workspace: Workspace;
  readonly mediaKey: string;
  readonly kind: TileKind;
  /** Reads only while it is true. */
  readonly isSeen: boolean;
  /** Tells the page which element stands for this card. */
  readonly watch?: (element: HTMLElement) => void;
  /** Opens the key on the media page; absent where the card is alone, e.g. in a frame. */
  readonly openPage?: () => void;
}

export function MediaCard(props: MediaCardProps) {
  const { runs, shown, media, lastMediaChange, offline, project, view, changeView } =
    props.workspace;
  let scroll!: HTMLDivElement;
  // As of a table: a link shows the step that its sender looked at.
  const step = () => view().tables[props.mediaKey]?.step;
  const setStep = (to: number | undefined) =>
    changeView({ tables: changeLook(view().tables, props.mediaKey, { step: to }) });
  const [large, setLarge] = createSignal<LightboxPlace | undefined>();
  const projectKey = () => project()?.key ?? view().project;
  const ofKey = createMemo(() =>
    media()?.find(({ key, kind }) => key === props.mediaKey && kind === props.kind),
  );
  const seenOnce = createMemo<boolean>((before) => before || props.isSeen, false);
  const steps = createKeySteps(projectKey, () => (seenOnce() ? ofKey() : undefined), offline);
  const at = createMemo(() => step() ?? steps.all().at(-1));
  const question = createMemo(() => {
    const [now, of, name] = [at(), ofKey(), projectKey()];
    if (now === undefined || !of || !name || !props.isSeen) return undefined;
    const { key, kind } = of;
    return { project: name, key, kind, runs: of.runs.map(({ run }) => run), step: now };
  });
  const read = createStepItems(question, lastMediaChange, offline);
  const drawn = createMemo(() => (runs() ?? []).filter((run) => shown().has(run.id)));
  const runsById = createMemo(() => new Map(drawn().map((run) => [run.id, run])));
  const hints = createMemo(() => runHints(drawn()));
  return (
    <article
      class="card media-card"
      data-metric={props.mediaKey}
      ref={(element) => props.watch?.(element)}
    >
      <header class="card-head">
        <MetricTitle metric={props.mediaKey} />
        <span class="grow" />
        <Stepper
          steps={steps.all()}
          step={step()}
          change={setStep}
          label={`Step of ${props.mediaKey}`}
          compact
        />
        <Show when={props.openPage}>
          <span class="card-acts">
            <button
              type="button"
              class="icon s"
              title="On a page of its own"
              aria-label={`Open ${props.mediaKey}`}
              onClick={() => props.openPage?.()}
            >
              <Icon name="expand" />
            </button>
          </span>
        </Show>
      </header>
      <div class="scroll card-scroll" ref={scroll}>
        <Show when={read.error() ?? steps.error()}>
          {(reason) => <p class="side-note">{reason()}</p>}
        </Show>
        <Show when={ofKey()}>
          {(of) => (
            <StepGallery
              media={of()}
              kind={props.kind}
              runsById={runsById()}
              hintOf={(run) => hints().get(run) ?? ""}
              items={read.items()}
              stepsByRun={steps.byRun()}
              step={at()}
              goTo={setStep}
              size={view().pictureSize}
              scroll={() => scroll}
              isHeldBack={false}
              open={setLarge}
            />
          )}
        </Show>
      </div>
      <Show when={large()}>
        {(place) => (
          <Lightbox
            workspace={props.workspace}
            media={ofKey()!}
            place={place()}
            move={setLarge}
            steps={steps.all()}
            stepsByRun={steps.byRun()}
            close={() => setLarge(undefined)}
          />
        )}
      </Show>
    </article>
  );
}

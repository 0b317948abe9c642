/**
 * Pictures, videos, sounds and tables, key by key, at one step, run beside run;
 * or all steps of one key. Reads only what can be seen.
 */

import { createEffect, createMemo, For, mapArray, on, Show } from "solid-js";
import { Icon } from "../app/icons.tsx";
import { AllSteps } from "../gallery/all-steps.tsx";
import { FilesSection } from "../gallery/files-section.tsx";
import { Lightbox, type LightboxPlace } from "../gallery/lightbox.tsx";
import { describeMedia, MediaSection, SectionTitle } from "../gallery/media-section.tsx";
import { NoMedia } from "../gallery/no-media.tsx";
import { runHints } from "../gallery/run-hint.ts";
import { createScrollRush } from "../gallery/scroll-rush.ts";
import type { TileKind } from "../gallery/tile-layout.ts";
import { createKeySteps, type KeySteps, lastStepOf, unionOfSteps } from "../state/key-steps.ts";
import { type KeyedMedia, mediaName } from "../state/media-facts.ts";
import { EVERYTHING, type NameSearch, searchNames } from "../state/name-search.ts";
import { sameList } from "../state/same-list.ts";
import type { Workspace } from "../state/workspace.ts";
import { MediaToolbar } from "./media-toolbar.tsx";

export interface MediaPageProps {
  readonly workspace: Workspace;
  readonly openRuns: () => void;
}

/** A key of the page with what is known of its steps. */
interface Entry {
  readonly name: string;
  readonly media: () => KeyedMedia | undefined;
  readonly steps: KeySteps;
}

export function MediaPage(props: MediaPageProps) {
  const { view, changeView, media, runs, shown, project, lastMediaChange, offline } =
    props.workspace;
  let scroll!: HTMLDivElement;
  const projectKey = () => project()?.key ?? view().project ?? "";
  const search = createMemo<NameSearch>(
    (last) => searchNames(view().mediaFilter, last),
    EVERYTHING,
  );
  const byName = createMemo(() => new Map((media() ?? []).map((one) => [mediaName(one), one])));
  const names = createMemo(() => [...byName().keys()], [], { equals: sameList });
  /** The key whose steps are all shown; a link may name it as it was logged, whatever its kind. */
  const openName = createMemo(() => {
    const wanted = view().mediaKey;
    const named = [...byName()].find(
      ([name, { key, kind }]) => kind !== "table" && (name === wanted || key === wanted),
    );
    return wanted === "" ? undefined : named?.[0];
  });
  const entries = createMemo(
    mapArray(names, (name): Entry => {
      const one = createMemo(() => byName().get(name));
      /** Of keys that nobody looks at, no steps are read. */
      const looked = () => {
        const open = openName();
        const isListed = open === undefined ? search().matches(one()?.key ?? "") : name === open;
        return isListed || view().picture?.name === name ? one() : undefined;
      };
      return { name, media: one, steps: createKeySteps(projectKey, looked, offline) };
    }),
  );
  const matching = createMemo(() =>
    entries().filter((entry) => search().matches(entry.media()?.key ?? "")),
  );
  const single = createMemo(() => entries().find(({ name }) => name === openName()));
  // Known with the keys, long before all of their steps: what is in sight waits for nothing else.
  const lastStep = createMemo(() => lastStepOf(matching().flatMap((entry) => entry.media() ?? [])));
  const steps = createMemo(
    () => {
      const last = lastStep();
      const read = matching().map((entry) => entry.steps.all());
      return unionOfSteps(last === undefined ? read : [...read, [last]]);
    },
    [],
    { equals: sameList },
  );
  const step = () => view().step ?? lastStep();
  const goTo = (to: number | undefined) =>
    changeView({ step: to === undefined || to === lastStep() ? undefined : to });
  const drawn = createMemo(() => (runs() ?? []).filter((run) => shown().has(run.id)));
  const runsById = createMemo(() => new Map(drawn().map((run) => [run.id, run])));
  const hints = createMemo(() => runHints(drawn()));
  const large = createMemo(() => {
    const name = view().picture?.name;
    return name === undefined ? undefined : entries().find((entry) => entry.name === name);
  });
  const enlarge = (entry: Entry, { run, step: at, index }: LightboxPlace) =>
    changeView({ picture: { name: entry.name, run, step: at, index } });
  /** All steps of a key begin at their top; whoever comes back from them finds the key again. */
  const scrollTo = (name?: string, left?: string) => {
    const key = name === undefined ? byName().get(left ?? "")?.key : undefined;
    const sections = [...scroll.querySelectorAll<HTMLElement>("section[data-key]")];
    const found = sections.find((section) => section.dataset.key === key);
    const from = scroll.getBoundingClientRect().top - scroll.scrollTop;
    scroll.scrollTo({ top: found ? found.getBoundingClientRect().top - from : 0 });
  };
  // A frame later, when what is now on the page has its size.
  createEffect(
    on(openName, (name, left) => void requestAnimationFrame(() => scrollTo(name, left)), {
      defer: true,
    }),
  );

  let isRushing: () => boolean = () => false;
  const open = (name: string) => changeView({ mediaKey: name });
  return (
    <>
      <MediaToolbar
        workspace={props.workspace}
        problem={search().problem}
        openRuns={props.openRuns}
        steps={steps()}
        goTo={goTo}
        isSingle={single() !== undefined}
      />
      <div
        class="scroll media-page"
        ref={(element) => {
          scroll = element;
          isRushing = createScrollRush(() => element);
        }}
      >
        <div>
          <Show
            when={single()}
            fallback={
              <>
                <For
                  each={matching()}
                  fallback={<NoMedia workspace={props.workspace} keys={names()} />}
                >
                  {(entry) => (
                    <Show when={entry.media()}>
                      {(one) => (
                        <MediaSection
                          workspace={props.workspace}
                          project={projectKey()}
                          media={one()}
                          steps={entry.steps}
                          step={step()}
                          goTo={goTo}
                          runsById={runsById()}
                          hintOf={(run) => hints().get(run) ?? ""}
                          scroll={() => scroll}
                          isHeldBack={isRushing()}
                          open={(item) => enlarge(entry, item)}
                          openKey={() => open(entry.name)}
                        />
                      )}
                    </Show>
                  )}
                </For>
                <Show when={media() !== undefined && view().mediaFilter === ""}>
                  <FilesSection
                    project={projectKey()}
                    lastChange={lastMediaChange()}
                    offline={offline}
                    scroll={() => scroll}
                  />
                </Show>
              </>
            }
            keyed
          >
            {(entry) => (
              <Show when={entry.media()}>
                {(one) => (
                  <section aria-label={one().key} data-key={one().key}>
                    <div class="section-head media-section-head">
                      <button type="button" class="link back" onClick={() => open("")}>
                        <Icon name="left" />
                        All keys
                      </button>
                      <SectionTitle name={one().key} />
                      <span class="n cut">
                        {describeMedia(one(), entry.steps.all().length)} · newest first
                      </span>
                    </div>
                    <AllSteps
                      project={projectKey()}
                      media={one()}
                      kind={one().kind as TileKind}
                      runsById={runsById()}
                      size={view().pictureSize}
                      scroll={() => scroll}
                      isHeldBack={isRushing()}
                      offline={offline}
                      open={(item) => enlarge(entry, item)}
                    />
                  </section>
                )}
              </Show>
            )}
          </Show>
        </div>
      </div>
      <Show when={large()} keyed>
        {(entry) => (
          <Show when={entry.media()}>
            {(one) => (
              <Lightbox
                workspace={props.workspace}
                media={one()}
                place={view().picture!}
                move={(place) => enlarge(entry, place)}
                steps={entry.steps.all()}
                stepsByRun={entry.steps.byRun()}
                close={() => changeView({ picture: undefined })}
              />
            )}
          </Show>
        )}
      </Show>
    </>
  );
}

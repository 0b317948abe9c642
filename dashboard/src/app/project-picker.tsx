/** Choice of the project: a listbox with search, run count and age, the one used last on top. */

import { createMemo, createSignal, For, Show } from "solid-js";
import type { Project } from "../../../src/protocol/api.ts";
import { formatAgo } from "../charts/format.ts";
import { searchNames } from "../state/name-search.ts";
import { NEWEST } from "../state/selection.ts";
import type { Workspace } from "../state/workspace.ts";
import { Icon, StatusShape } from "./icons.tsx";
import { Popover } from "./popover.tsx";

export function ProjectPicker(props: { readonly workspace: Workspace }) {
  const name = () =>
    props.workspace.project()?.name ?? props.workspace.view().project ?? "No project";
  return (
    <Popover
      width={336}
      button={(attributes) => (
        <button
          type="button"
          class="picker"
          aria-haspopup="listbox"
          aria-label={`Project: ${name()}`}
          {...attributes}
          onClick={() => {
            void props.workspace.readProjects();
            attributes.onClick();
          }}
        >
          <span class="cut">{name()}</span>
          <Icon name="down" />
        </button>
      )}
    >
      {(close) => <ProjectList workspace={props.workspace} close={close} />}
    </Popover>
  );
}

function ProjectList(props: { readonly workspace: Workspace; readonly close: () => void }) {
  const [text, setText] = createSignal("");
  const [active, setActive] = createSignal(0);
  const found = createMemo(() => {
    const { matches } = searchNames(text());
    return (props.workspace.projects() ?? []).filter((project) => matches(project.name));
  });
  const choose = (project: Project | undefined) => {
    if (!project) return;
    if (project.key !== props.workspace.project()?.key) {
      props.workspace.changeView({
        project: project.key,
        selection: NEWEST,
        metricFilter: "",
        xMetric: "",
        zoom: undefined,
        logSwitched: [],
        folded: [],
        listMetric: "",
        metrics: "",
        tables: {},
        step: undefined,
        mediaFilter: "",
        mediaKey: "",
        foldedMedia: [],
        picture: undefined,
      });
    }
    props.close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) setActive(Math.max(0, Math.min(found().length - 1, active() + move)));
    else if (event.key === "Enter") choose(found()[active()]);
    else return;
    event.preventDefault();
  };
  const optionId = (index: number) => `project-${index}`;
  return (
    <>
      <label class="field" style={{ "margin-bottom": "4px" }}>
        <Icon name="search" />
        <input
          placeholder="Find a project"
          aria-label="Find a project"
          role="combobox"
          aria-expanded="true"
          aria-controls="projects"
          aria-activedescendant={found().length > 0 ? optionId(active()) : undefined}
          value={text()}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div role="listbox" id="projects" aria-label="Projects">
        <For
          each={found()}
          fallback={
            <p class="menu-note">
              {(props.workspace.projects() ?? []).length === 0
                ? "No project yet."
                : `No project matches “${text()}”.`}
            </p>
          }
        >
          {(project, index) => (
            <button
              type="button"
              role="option"
              id={optionId(index())}
              tabIndex={-1}
              class={index() === active() ? "on" : ""}
              aria-selected={project.key === props.workspace.project()?.key}
              onPointerMove={() => setActive(index())}
              onClick={() => choose(project)}
            >
              <span class="grow cut">{project.name}</span>
              <span class="dim">
                {project.runCount.toLocaleString("en-US")} {project.runCount === 1 ? "run" : "runs"}
              </span>
              <span class="dim num picker-age">{formatAgo(project.updatedAt, Date.now())}</span>
              <Show when={project.runningCount > 0} fallback={<span class="st" />}>
                <StatusShape status="running" />
                <span class="sr">{project.runningCount} running</span>
              </Show>
            </button>
          )}
        </For>
      </div>
    </>
  );
}

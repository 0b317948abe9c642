/** What `save()` kept with the project: quiet, at the end of the page. */

import { createEffect, createMemo, createSignal, For, on, onCleanup, Show } from "solid-js";
import { blobUrl, fetchFiles } from "../api/client.ts";
import { Icon } from "../app/icons.tsx";
import { formatAgo, formatMoment } from "../charts/format.ts";
import { createLiveRead } from "../state/live-read.ts";
import type { MediaChange } from "../state/media-facts.ts";
import { formatBytes } from "./blob-words.ts";
import { createInSight } from "./in-sight.ts";

export interface FilesSectionProps {
  readonly project: string;
  readonly lastChange: MediaChange;
  readonly offline: () => void;
  readonly scroll: () => HTMLElement;
}

/** More files than this are listed on demand. */
const FIRST_FILES = 50;
const READ_AFTER_MS = 5000;

export function FilesSection(props: FilesSectionProps) {
  let section!: HTMLElement;
  const [isOpen, setIsOpen] = createSignal(true);
  const [isAll, setIsAll] = createSignal(false);
  const isInSight = createInSight(
    () => section,
    () => props.scroll(),
  );
  // What changed may be pictures alone: files are looked for now and then, not each time.
  const [version, setVersion] = createSignal(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on(
      () => props.lastChange,
      () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          setVersion((count) => count + 1);
        }, READ_AFTER_MS);
      },
      { defer: true },
    ),
  );
  onCleanup(() => clearTimeout(timer));
  /** A file that lies where a Trackio client put it proves itself by its place; of all others the place says nothing. */
  const placeOf = ({ blob, path }: { readonly blob: string; readonly path: string }) => ({
    blob,
    path: `${props.project}/files/${path}`,
  });
  const question = createMemo<{ project: string; version: number } | undefined>(
    (last) => (isInSight() ? { project: props.project, version: version() } : last),
    undefined,
    { equals: (a, b) => a?.project === b?.project && a?.version === b?.version },
  );
  const read = createLiveRead(
    question,
    ({ project }, signal) => fetchFiles(project, signal),
    props.offline,
  );
  const files = createMemo(() =>
    (read.answer()?.value.files ?? []).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  );
  const listed = () => (isAll() ? files() : files().slice(0, FIRST_FILES));
  return (
    <section ref={section} class="files" aria-label="Files">
      <Show when={files().length > 0}>
        <div class="section-head media-section-head">
          <button
            type="button"
            class="fold"
            aria-expanded={isOpen()}
            onClick={() => setIsOpen(!isOpen())}
          >
            <Icon name="down" />
            Files
            <span class="n">{files().length.toLocaleString("en-US")} kept with the project</span>
          </button>
        </div>
        <Show when={isOpen()}>
          <div class="table-scroll">
            <table class="tbl" aria-label="Files of the project">
              <tbody>
                <For each={listed()}>
                  {(file) => (
                    <tr>
                      <td class="file-name">
                        <span class="cell-run">
                          <Icon name="file" />
                          <span class="cut" title={file.path}>
                            {file.path}
                          </span>
                        </span>
                      </td>
                      <td class="num mid">{formatBytes(file.bytes)}</td>
                      <td class="dim" title={formatMoment(file.time)}>
                        {formatAgo(file.time, Date.now())}
                      </td>
                      <td class="num">
                        <a
                          href={blobUrl(
                            placeOf(file),
                            file.path.slice(file.path.lastIndexOf("/") + 1),
                          )}
                          download=""
                        >
                          Download<span class="sr"> {file.path}</span>
                        </a>
                      </td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </div>
          <Show when={files().length > listed().length}>
            <div class="media-row">
              <button type="button" class="link" onClick={() => setIsAll(true)}>
                Show all {files().length.toLocaleString("en-US")}
              </button>
            </div>
          </Show>
        </Show>
      </Show>
    </section>
  );
}

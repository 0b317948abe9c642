/** A cell in full, floating beside it: text as it is, nested values as JSON in lines. */

import { createResource, onCleanup, onMount, Show } from "solid-js";
import { Portal } from "solid-js/web";
import type { Json } from "../../../src/protocol/json.ts";
import { Icon } from "../app/icons.tsx";
import { createCopy } from "../app/share-button.tsx";
import { cutText, wholeText } from "./cell-text.ts";

export interface CellPanelProps {
  readonly title: string;
  /** As the grid has it: perhaps only its beginning. */
  readonly value: Json;
  /** Reads it in full. */
  readonly readWhole: (signal: AbortSignal) => Promise<Json>;
  /** The cell, in the window. */
  readonly box: DOMRect;
  readonly close: () => void;
}

const EDGE_PX = 8;
const WIDTH_PX = 480;
const LEAST_HEIGHT_PX = 160;

export function CellPanel(props: CellPanelProps) {
  let layer!: HTMLDivElement;
  const call = new AbortController();
  onCleanup(() => call.abort());
  const [whole] = createResource(async (): Promise<{ value?: Json; problem?: string }> => {
    try {
      return { value: await props.readWhole(call.signal) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  });
  const cut = () => cutText(props.value);
  const text = () => wholeText(whole()?.value ?? props.value);
  const [isCopied, copy] = createCopy(text);
  const onPointerDown = (event: PointerEvent) => {
    if (!layer.contains(event.target as Node)) props.close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    props.close();
  };
  onMount(() => {
    document.addEventListener("pointerdown", onPointerDown);
    layer.querySelector<HTMLElement>("pre")?.focus({ preventScroll: true });
  });
  onCleanup(() => document.removeEventListener("pointerdown", onPointerDown));
  return (
    <Portal mount={topLayer()}>
      <div
        ref={layer}
        class="menu cell-panel"
        role="dialog"
        tabIndex={-1}
        aria-label={props.title}
        style={placeBeside(props.box)}
        onKeyDown={onKeyDown}
      >
        <header>
          <b class="cut">{props.title}</b>
          <Show when={cut()}>
            {(one) => <span class="dim">{one().length.toLocaleString("en-US")} characters</span>}
          </Show>
          <span class="grow" />
          <span class="dim" aria-live="polite">
            {isCopied() ? "Copied" : ""}
          </span>
          <button
            type="button"
            class="icon s"
            aria-label="Copy"
            title="Copy"
            onClick={() => void copy()}
          >
            <Icon name="copy" />
          </button>
          <button
            type="button"
            class="icon s"
            aria-label="Close"
            title="Close (Esc)"
            onClick={props.close}
          >
            <Icon name="close" />
          </button>
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled with keys */}
        <pre tabIndex={0}>{text()}</pre>
        <Show when={cut() && whole.loading}>
          <p class="dim">Reading the rest …</p>
        </Show>
        <Show when={cut() ? whole()?.problem : undefined}>
          {(problem) => <p class="bad">The rest did not arrive. {problem()}</p>}
        </Show>
      </div>
    </Portal>
  );
}

/** What is over a dialog has to be inside it. */
function topLayer(): HTMLElement {
  return [...document.querySelectorAll<HTMLElement>("dialog[open]")].at(-1) ?? document.body;
}

/** Below the cell where there is room, else above it. */
function placeBeside(box: DOMRect): Record<string, string> {
  const width = Math.min(WIDTH_PX, innerWidth - 2 * EDGE_PX);
  const left = Math.max(EDGE_PX, Math.min(innerWidth - EDGE_PX - width, box.left));
  const below = innerHeight - box.bottom - 2 * EDGE_PX;
  const above = box.top - 2 * EDGE_PX;
  const isBelow = below >= Math.min(above, LEAST_HEIGHT_PX * 2) || below > above;
  const shared = { position: "fixed", width: `${width}px`, left: `${left}px` };
  return isBelow
    ? {
        ...shared,
        top: `${box.bottom + 2}px`,
        "max-height": `${Math.max(LEAST_HEIGHT_PX, below)}px`,
      }
    : {
        ...shared,
        bottom: `${innerHeight - box.top + 2}px`,
        "max-height": `${Math.max(LEAST_HEIGHT_PX, above)}px`,
      };
}

/** A floating layer below its button, above it where the window ends: a click outside or Esc closes it, and the focus goes back to the button. */

import { createSignal, type JSX, onCleanup, onMount, Show } from "solid-js";
import { Portal } from "solid-js/web";

export interface PopoverProps {
  /** The button: gets what it needs to open the layer and to say whether it is open. */
  readonly button: (attributes: PopoverButton) => JSX.Element;
  /** In CSS pixels, at most the window's. */
  readonly width: number;
  /** The right edges are one, instead of the left ones. */
  readonly alignRight?: boolean;
  readonly children: (close: () => void) => JSX.Element;
}

export interface PopoverButton {
  readonly ref: (element: HTMLButtonElement) => void;
  readonly onClick: () => void;
  readonly "aria-expanded": boolean;
}

const EDGE_PX = 8;
const GAP_PX = 6;
/** With less room than this below, and more above, it stands above. */
const LEAST_BELOW_PX = 240;

export function Popover(props: PopoverProps) {
  const [isOpen, setIsOpen] = createSignal(false);
  let button!: HTMLButtonElement;
  const close = () => {
    setIsOpen(false);
    button.focus();
  };
  return (
    <>
      {props.button({
        ref: (element) => {
          button = element;
        },
        onClick: () => setIsOpen((open) => !open),
        get "aria-expanded"() {
          return isOpen();
        },
      })}
      <Show when={isOpen()}>
        {/* Only what is inside a dialog is seen over it. */}
        <Portal mount={button.closest("dialog") ?? document.body}>
          <Layer
            button={button}
            width={props.width}
            alignRight={props.alignRight ?? false}
            close={close}
            leave={() => setIsOpen(false)}
          >
            {props.children(close)}
          </Layer>
        </Portal>
      </Show>
    </>
  );
}

interface LayerProps {
  readonly button: HTMLElement;
  readonly width: number;
  readonly alignRight: boolean;
  readonly close: () => void;
  readonly leave: () => void;
  readonly children: JSX.Element;
}

function Layer(props: LayerProps) {
  let layer!: HTMLDivElement;
  const box = props.button.getBoundingClientRect();
  const width = Math.min(props.width, innerWidth - 2 * EDGE_PX);
  const wanted = props.alignRight ? box.right - width : box.left;
  const left = Math.round(Math.max(EDGE_PX, Math.min(innerWidth - EDGE_PX - width, wanted)));
  const [above, below] = [box.top, innerHeight - box.bottom];
  const isAbove = below < LEAST_BELOW_PX && above > below;
  const room = (isAbove ? above : below) - GAP_PX - EDGE_PX;
  const onPointerDown = (event: PointerEvent) => {
    const target = event.target as Node;
    if (!layer.contains(target) && !props.button.contains(target)) props.leave();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    props.close();
  };
  document.addEventListener("pointerdown", onPointerDown);
  document.addEventListener("keydown", onKeyDown);
  onCleanup(() => {
    document.removeEventListener("pointerdown", onPointerDown);
    document.removeEventListener("keydown", onKeyDown);
  });
  onMount(() => {
    const first = layer.querySelector<HTMLElement>("input:not([readonly]), button");
    first?.focus({ preventScroll: true });
  });
  return (
    <div
      ref={layer}
      class="menu"
      style={{
        position: "fixed",
        width: `${width}px`,
        ...(isAbove
          ? { bottom: `${innerHeight - box.top + GAP_PX}px` }
          : { top: `${box.bottom + GAP_PX}px` }),
        left: `${left}px`,
        "max-height": `${room}px`,
        overflow: "auto",
      }}
    >
      {props.children}
    </div>
  );
}

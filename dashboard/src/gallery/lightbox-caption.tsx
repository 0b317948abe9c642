/** What stands below an enlarged picture: two lines of its caption, and all of it for who asks, since captions are prompts as often as names. */

import { createEffect, createSignal, onCleanup, onMount, Show } from "solid-js";

const LINES = 2;
/** Once the caption is looked into, these keys scroll it and walk no pictures. */
const SCROLL_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);

export function LightboxCaption(props: { readonly text: string | undefined }) {
  let caption!: HTMLDivElement;
  const [isLong, setIsLong] = createSignal(false);
  const [isWhole, setIsWhole] = createSignal(false);
  const measure = () => {
    const linePx = Number.parseFloat(getComputedStyle(caption).lineHeight);
    setIsLong(caption.scrollHeight > linePx * (LINES + 0.5));
  };
  createEffect(() => {
    props.text;
    measure();
  });
  onMount(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(caption);
    onCleanup(() => observer.disconnect());
  });
  const isOpen = () => isLong() && isWhole();
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be clamped to lines */}
      <div
        ref={caption}
        role="group"
        aria-label="Caption"
        class="lightbox-caption"
        classList={{ whole: isOpen() }}
        tabIndex={isOpen() ? 0 : undefined}
        onKeyDown={(event) => SCROLL_KEYS.has(event.key) && isOpen() && event.stopPropagation()}
      >
        {props.text}
      </div>
      <Show when={isLong()}>
        <button
          type="button"
          class="link"
          aria-label={isWhole() ? "Less of the caption" : "All of the caption"}
          aria-expanded={isWhole()}
          onClick={() => setIsWhole(!isWhole())}
        >
          {isWhole() ? "Less" : "All of it"}
        </button>
      </Show>
    </>
  );
}

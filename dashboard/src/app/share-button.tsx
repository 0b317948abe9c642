/** The address of exactly what is on the screen, and a frame of it for another page. */

import { createSignal, onCleanup } from "solid-js";
import type { View } from "../state/url-state.ts";
import { viewAddress } from "../state/view.ts";
import { Icon } from "./icons.tsx";
import { Popover } from "./popover.tsx";

export function ShareButton(props: { readonly view: View }) {
  const link = (part: Partial<View>) => viewAddress({ ...props.view, ...part });
  const frame = () => {
    const source = link({ sidebar: "hidden", navbar: "hidden" }).replaceAll("&", "&amp;");
    return `<iframe src="${source}" width="600" height="630" style="border:0"></iframe>`;
  };
  return (
    <Popover
      width={360}
      alignRight
      button={(attributes) => (
        <button type="button" class="btn quiet not-s" aria-haspopup="dialog" {...attributes}>
          <Icon name="share" />
          Share
        </button>
      )}
    >
      {() => (
        <div class="share" role="dialog" aria-label="Share">
          <p>Exactly what is on the screen: runs, filter, zoom.</p>
          <CopyField label="Link" text={link({})} />
          <CopyField label="Frame, read only" text={frame()} />
        </div>
      )}
    </Popover>
  );
}

function CopyField(props: { readonly label: string; readonly text: string }) {
  let input!: HTMLInputElement;
  const [isCopied, copy] = createCopy(() => props.text);
  return (
    <label class="lab">
      {props.label}
      <span class="field">
        <input ref={input} readonly value={props.text} onFocus={() => input.select()} />
        <button
          type="button"
          class="icon s"
          aria-label={`Copy: ${props.label}`}
          onClick={() => void copy().then((done) => done || input.select())}
        >
          <Icon name="copy" />
        </button>
        <span class="copied" aria-live="polite">
          {isCopied() ? "Copied" : ""}
        </span>
      </span>
    </label>
  );
}

const SAY_COPIED_MS = 2000;

/** Whether the text was just copied, and what copies it; false where the browser does not allow it. */
export function createCopy(text: () => string): [() => boolean, () => Promise<boolean>] {
  const [isCopied, setIsCopied] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      // Without a secure address there is no clipboard: the text is then selected instead.
      return false;
    }
    setIsCopied(true);
    clearTimeout(timer);
    timer = setTimeout(() => setIsCopied(false), SAY_COPIED_MS);
    return true;
  };
  return [isCopied, copy];
}

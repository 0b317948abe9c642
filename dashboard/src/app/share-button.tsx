/** The address of exactly what is on the screen, and a frame of it for another page. */

import { createSignal, onCleanup } from "solid-js";
import type { Workspace } from "../state/workspace.ts";
import { Icon } from "./icons.tsx";
import { Popover } from "./popover.tsx";
import { frameSnippet, sharedAddress } from "./shared-address.ts";

export function ShareButton(props: { readonly workspace: Workspace }) {
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
          <p>Exactly what is on the screen: runs, step, filter, zoom.</p>
          <CopyField label="Link" text={sharedAddress(props.workspace)} />
          <CopyField label="Frame, read only" text={frameSnippet(props.workspace)} />
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

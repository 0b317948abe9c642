/**
 * A picture from its blob, in a frame that stands before the picture is there.
 * While it is still being made the frame says so and tries again; where it cannot
 * be made, the frame says why. A frame that leaves the page calls its request off.
 */

import {
  createEffect,
  createMemo,
  createSignal,
  Match,
  on,
  onCleanup,
  Switch,
  untrack,
} from "solid-js";
import { askBlob, type BlobName, blobUrl } from "../api/client.ts";
import { imageSlots } from "../api/load-slots.ts";

export interface BlobImageProps {
  readonly file: BlobName;
  readonly alt: string;
  /** Magnified: its pixels are shown as squares. */
  readonly isEnlarged?: boolean;
  /** While true, nothing that is not begun yet is asked for. */
  readonly isHeldBack?: boolean;
  /** Shorter sentences for small frames. */
  readonly isSmall?: boolean;
  readonly loaded?: (image: HTMLImageElement) => void;
}

/** Why there is no picture yet, or never. */
export type BlobTrouble =
  | { readonly kind: "waiting"; readonly word: string; readonly sentence: string }
  | { readonly kind: "failed"; readonly sentence: string };

export function BlobImage(props: BlobImageProps) {
  const retried = createBlobRetry(() => props.file, "image");
  const [source, setSource] = createSignal<string | undefined>();
  const [isBegun, setIsBegun] = createSignal(!props.isHeldBack);
  createEffect(() => !props.isHeldBack && setIsBegun(true));
  let image: HTMLImageElement | undefined;
  let giveBack = () => {};
  createEffect(
    on([retried.url, isBegun], ([url, mayBegin]) => {
      giveBack();
      if (!mayBegin) return;
      const done = imageSlots.take(() => {
        // What is shown already does not load again, and would keep the slot.
        if (untrack(source) === url) queueMicrotask(() => done());
        else setSource(url);
      });
      giveBack = done;
    }),
  );
  /** What was wanted before and arrives now says nothing of what is wanted since. */
  const isWanted = () => source() === retried.url();
  onCleanup(() => {
    giveBack();
    // An element that is removed goes on loading; one without an address does not.
    image?.removeAttribute("src");
  });
  return (
    <>
      <img
        ref={image}
        class={props.isEnlarged ? "enlarged" : ""}
        src={source()}
        alt={retried.trouble() ? "" : props.alt}
        hidden={retried.trouble() !== undefined}
        decoding="async"
        draggable={false}
        onError={() => {
          if (!isWanted()) return;
          giveBack();
          retried.failed();
        }}
        onLoad={(event) => {
          if (!isWanted()) return;
          giveBack();
          retried.arrived();
          props.loaded?.(event.currentTarget);
        }}
      />
      <TroubleNote trouble={retried.trouble()} alt={props.alt} isSmall={props.isSmall ?? false} />
    </>
  );
}

/** What stands in the frame instead of the picture. */
export function TroubleNote(props: {
  readonly trouble: BlobTrouble | undefined;
  readonly alt: string;
  readonly isSmall: boolean;
}) {
  return (
    <Switch>
      <Match when={props.trouble?.kind === "waiting"}>
        <span class="frame-note" title={props.trouble?.sentence} role="status">
          <span class="sr">{props.alt}: </span>
          {props.trouble?.kind === "waiting" ? props.trouble.word : ""}
        </span>
      </Match>
      <Match when={props.trouble?.kind === "failed"}>
        <span class="frame-note bad" title={props.trouble?.sentence}>
          <span class="sr">{props.alt}: </span>
          {props.isSmall ? "cannot be shown" : props.trouble?.sentence}
        </span>
      </Match>
    </Switch>
  );
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

/** The address of a blob that is asked for again while it is being made. */
export function createBlobRetry(file: () => BlobName, what: "image" | "video" | "sound") {
  const firstUrl = createMemo(() => blobUrl(file()));
  const [trouble, setTrouble] = createSignal<BlobTrouble | undefined>();
  const [attempt, setAttempt] = createSignal(0);
  let pauseMs = FIRST_PAUSE_MS;
  let call = new AbortController();
  const reset = () => {
    call.abort();
    call = new AbortController();
    pauseMs = FIRST_PAUSE_MS;
    setTrouble(undefined);
    setAttempt(0);
  };
  createEffect(on(firstUrl, reset, { defer: true }));
  onCleanup(() => call.abort());

  const failed = async () => {
    const { signal } = call;
    const standing = await askBlob(file(), signal).catch(() => undefined);
    if (signal.aborted || standing === undefined) return;
    if (standing.state === "failed") {
      setTrouble({ kind: "failed", sentence: standing.reason });
      return;
    }
    if (standing.state === "ready" && attempt() > 0) {
      const sentence = `This browser cannot show a ${what} of this kind. Download it instead.`;
      setTrouble({ kind: "failed", sentence });
      return;
    }
    if (standing.state === "waiting") {
      setTrouble({ kind: "waiting", word: "being made…", sentence: standing.reason });
    } else if (standing.state === "unreachable") {
      const sentence = "The server cannot be reached. Start it again with: trackio show";
      setTrouble({ kind: "waiting", word: "no server…", sentence });
    }
    const asked = standing.state === "waiting" ? standing.afterMs : 0;
    const afterMs = standing.state === "ready" ? 0 : Math.max(pauseMs, asked);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    const timer = setTimeout(() => setAttempt((count) => count + 1), afterMs);
    signal.addEventListener("abort", () => clearTimeout(timer));
  };
  /** Another one at each attempt, since an element does not load the same address again. */
  const url = createMemo(() => {
    const count = attempt();
    return count === 0 ? firstUrl() : `${firstUrl()}#${count}`;
  });
  return {
    url,
    trouble,
    failed: () => void failed(),
    arrived: () => {
      pauseMs = FIRST_PAUSE_MS;
      setTrouble(undefined);
    },
  };
}

/** Over the foot of the page while the server does not answer: nothing above it moves, and it leaves without a word. */

import { Show } from "solid-js";
import { formatClock } from "../charts/format.ts";
import { Icon } from "./icons.tsx";

export function OfflineBar(props: {
  readonly since: number | undefined;
  readonly retry: () => void;
}) {
  return (
    <Show when={props.since !== undefined}>
      <div class="banner warn dock" role="status">
        <Icon name="offline" />
        <span>
          The server stopped answering at {formatClock(props.since ?? 0)}. What you see is kept; the
          page goes on by itself when the server is back.
        </span>
        <button type="button" class="btn" onClick={props.retry}>
          Try now
        </button>
      </div>
    </Show>
  );
}

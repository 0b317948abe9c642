/** Over the foot of the page while a folder of Trackio for Python is read for the first time: what is there can be looked at already. */

import { Show } from "solid-js";
import type { ReadingEvent } from "../../../src/protocol/api.ts";
import { formatSi } from "../charts/format.ts";

export function ReadingBar(props: { readonly reading: ReadingEvent | undefined }) {
  const isGoing = () => props.reading !== undefined && props.reading.done < props.reading.total;
  const percent = () => {
    const { done, total } = props.reading ?? { done: 0, total: 1 };
    return Math.floor((100 * done) / Math.max(1, total));
  };
  return (
    <Show when={isGoing()}>
      <div class="banner dock reading">
        <span>
          Reading what Trackio for Python wrote here, newest runs first:{" "}
          {formatSi(props.reading?.done ?? 0)} of {formatSi(props.reading?.total ?? 0)} rows.
        </span>
        <div
          class="progress"
          role="progressbar"
          aria-label="Reading the folder"
          aria-valuenow={percent()}
          style={{ "--v": `${percent()}%` }}
        >
          <i />
        </div>
        <span class="num">{percent()} %</span>
      </div>
    </Show>
  );
}

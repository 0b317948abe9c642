/** What stands where rows would be. */

import { Show } from "solid-js";

/** Not there yet, or not to be had. */
export function TableProblem(props: {
  readonly name: string;
  readonly error: string | undefined;
  readonly retry: () => void;
}) {
  return (
    <div class="table-body">
      <Show when={props.error}>
        {(reason) => (
          <div class="oops" role="alert">
            <span>
              <b>{props.name} did not arrive.</b>
              <br />
              {reason()}
            </span>
            <button type="button" class="link" onClick={props.retry}>
              Read again
            </button>
          </div>
        )}
      </Show>
    </div>
  );
}

export function NoRows(props: { readonly isFiltered: boolean; readonly clear: () => void }) {
  return (
    <p class="no-rows" role="status">
      <Show when={props.isFiltered} fallback="This table has no rows.">
        No row matches.{" "}
        <button type="button" class="link" onClick={props.clear}>
          Clear the filters
        </button>
      </Show>
    </p>
  );
}

/** What can be done with a table: filter, compare, save, full screen. */

import { Show } from "solid-js";
import { Icon } from "../app/icons.tsx";
import { Popover } from "../app/popover.tsx";
import { Stepper } from "../gallery/stepper.tsx";
import type { LookChange, TableLook } from "../state/table-look.ts";
import type { RowBook } from "./row-book.ts";
import { downloadCsv } from "./table-csv.ts";

export interface TableActionsProps {
  readonly tableKey: string;
  readonly project: string;
  readonly book: RowBook | undefined;
  readonly look: TableLook;
  readonly change: (part: LookChange) => void;
  readonly steps: readonly number[];
  readonly isFiltering: boolean;
  readonly setFiltering: (isFiltering: boolean) => void;
  /** Absent in full screen. */
  readonly openFull: (() => void) | undefined;
}

export function TableActions(props: TableActionsProps) {
  const sources = () => props.book?.facts.sources.length ?? 0;
  const canCompare = () => props.steps.length > 1 || sources() > 1;
  return (
    <span class="table-acts">
      <button
        type="button"
        class="icon s"
        title="Filter rows"
        aria-label={`Filter rows of ${props.tableKey}`}
        aria-pressed={props.isFiltering}
        onClick={() => {
          if (props.isFiltering) props.change({ filters: {} });
          props.setFiltering(!props.isFiltering);
        }}
      >
        <Icon name="filter" />
      </button>
      <Show when={canCompare()}>
        <Popover
          width={320}
          alignRight
          button={(attributes) => (
            <button
              type="button"
              class="icon s"
              title="Compare steps or runs"
              aria-label={`Compare ${props.tableKey}`}
              aria-haspopup="dialog"
              aria-pressed={props.look.withStep !== undefined || props.look.isTogether === true}
              {...attributes}
            >
              <Icon name="compare" />
            </button>
          )}
        >
          {() => <CompareMenu {...props} />}
        </Popover>
      </Show>
      <button
        type="button"
        class="icon s"
        title="Save as CSV"
        aria-label={`Save ${props.tableKey} as CSV`}
        disabled={!props.book}
        onClick={() => props.book && downloadCsv(props.project, props.book.query)}
      >
        <Icon name="download" />
      </button>
      <Show when={props.openFull}>
        <button
          type="button"
          class="icon s"
          title="Full screen"
          aria-label={`Full screen of ${props.tableKey}`}
          onClick={() => props.openFull?.()}
        >
          <Icon name="expand" />
        </button>
      </Show>
    </span>
  );
}

function CompareMenu(props: TableActionsProps) {
  const { change } = props;
  /** The step before the one that is looked at, or the one after. */
  const other = () => {
    const now = props.look.step ?? props.steps.at(-1);
    const at = props.steps.findLastIndex((step) => now !== undefined && step <= now);
    return props.steps[at - 1] ?? props.steps[at + 1];
  };
  return (
    <div role="dialog" aria-label={`Compare ${props.tableKey}`} class="compare">
      <Show when={props.steps.length > 1}>
        <label>
          <input
            type="checkbox"
            class="check"
            checked={props.look.withStep !== undefined}
            onChange={(event) => {
              const isOn = event.currentTarget.checked;
              change(
                isOn
                  ? { withStep: other(), isTogether: true, sort: undefined }
                  : { withStep: undefined, isTogether: false },
              );
            }}
          />
          With another step
        </label>
        <Show when={props.look.withStep !== undefined}>
          <Stepper
            steps={props.steps}
            step={props.look.withStep}
            change={(step) => change({ withStep: step ?? props.steps.at(-1) })}
            label="The other step"
            compact
          />
        </Show>
      </Show>
      <label>
        <input
          type="checkbox"
          class="check"
          checked={props.look.isTogether === true && props.look.sort === undefined}
          onChange={(event) => change({ isTogether: event.currentTarget.checked, sort: undefined })}
        />
        The same row of each together
      </label>
    </div>
  );
}

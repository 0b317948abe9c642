/** A logged table as a card of the front page, or as the body of a section of the media page. */

import { createMemo, createSignal, onMount, Show } from "solid-js";
import { Icon } from "../app/icons.tsx";
import { MetricTitle } from "../pages/chart-card.tsx";
import type { Workspace } from "../state/workspace.ts";
import { TableView } from "./table-view.tsx";

export interface TableCardProps {
  readonly workspace: Workspace;
  /** What it was logged under; the tables of all runs shown that have it are merged. */
  readonly tableKey: string;
  /** `card`: with title, stepper and actions of its own; `section`: only rows and the bar below them, where the page has the rest. */
  readonly frame: "card" | "section";
  /** The step at which the page looks: the table as it stood there; undefined: the newest. A card has a step of its own. */
  readonly step: number | undefined;
  /** Nothing is read while it is not; absent: it is. */
  readonly isSeen?: boolean;
  /** Tells the page which element stands for this card. */
  readonly watch?: (element: HTMLElement) => void;
  /** In a section: is told what belongs beside the title, e.g. `table · 2,048 rows × 6`. */
  readonly tellSize?: (text: string) => void;
}

export function TableCard(props: TableCardProps) {
  const [isFull, setIsFull] = createSignal(false);
  const wasSeen = createMemo<boolean>((before) => before || (props.isSeen ?? true), false);
  return (
    <article
      class={props.frame === "card" ? "card table-card" : "table-section"}
      data-metric={props.tableKey}
      ref={(element) => props.watch?.(element)}
    >
      <TableView
        workspace={props.workspace}
        tableKey={props.tableKey}
        frame={props.frame}
        step={props.step}
        isSeen={wasSeen()}
        isInSight={props.isSeen ?? true}
        tellSize={props.tellSize}
        openFull={() => setIsFull(true)}
      />
      <Show when={isFull()}>
        <FullScreenTable {...props} close={() => setIsFull(false)} />
      </Show>
    </article>
  );
}

function FullScreenTable(props: TableCardProps & { readonly close: () => void }) {
  let dialog!: HTMLDialogElement;
  onMount(() => dialog.showModal());
  return (
    <dialog ref={dialog} class="full table" aria-label={props.tableKey} onClose={props.close}>
      <TableView
        workspace={props.workspace}
        tableKey={props.tableKey}
        frame={props.frame === "card" ? "full" : "full section"}
        step={props.step}
        isSeen
        isInSight
        tellSize={undefined}
        openFull={undefined}
        title={<MetricTitle metric={props.tableKey} />}
        close={
          <button type="button" class="icon" aria-label="Close" onClick={() => dialog.close()}>
            <Icon name="close" />
          </button>
        }
      />
    </dialog>
  );
}

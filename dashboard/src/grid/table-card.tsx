/** A logged table as a card of the front page, or as the body of a section of the media page. */

import type { Workspace } from "../state/workspace.ts";

export interface TableCardProps {
  readonly workspace: Workspace;
  /** What it was logged under; the tables of all runs shown that have it are merged. */
  readonly tableKey: string;
  /** `card`: with title, stepper and actions of its own; `section`: only rows and the bar below them, where the page has the rest. */
  readonly frame: "card" | "section";
  /** The step at which the page looks: the table as it stood there; undefined: the newest. */
  readonly step: number | undefined;
  /** In a section: is told what belongs beside the title, e.g. `table · 2,048 rows × 6`. */
  readonly tellSize?: (text: string) => void;
}

export function TableCard(props: TableCardProps) {
  return <article class="card table-card" data-key={props.tableKey} data-frame={props.frame} />;
}

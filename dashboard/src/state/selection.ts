/**
 * Which runs are drawn. What a person chose is never shifted by runs that come
 * later: a choice is kept as ids, and without one the newest are shown.
 */

/** Without a choice, so many of the newest runs are drawn. */
export const DEFAULT_SHOWN = 100;

export interface Selection {
  /** What is shown before the changes below: the newest runs, all, those of these ids, or those of these names. */
  readonly base:
    | { readonly kind: "newest" }
    | { readonly kind: "all" }
    | { readonly kind: "ids"; readonly ids: ReadonlySet<string> }
    | { readonly kind: "names"; readonly names: ReadonlySet<string> };
  /** Changes made run by run. */
  readonly added: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
}

/** What the selection looks at of a run. Runs are given newest first. */
export interface SelectableRun {
  readonly id: string;
  readonly name: string;
  readonly number: number;
}

const NONE: ReadonlySet<string> = new Set();

export const NEWEST: Selection = { base: { kind: "newest" }, added: NONE, hidden: NONE };

/**
 * Ids of the runs that are drawn.
 * @param since Runs with a higher number came while the page was open: they join the newest, none leaves for them.
 */
export function shownRuns(
  selection: Selection,
  runs: readonly SelectableRun[],
  since = Number.POSITIVE_INFINITY,
): ReadonlySet<string> {
  const shown = new Set<string>();
  let old = 0;
  for (const run of runs) {
    const isNew = run.number > since;
    if (!isNew) old += 1;
    const inBase = isInBase(selection, run, isNew || old <= DEFAULT_SHOWN);
    if (selection.hidden.has(run.id)) continue;
    if (inBase || selection.added.has(run.id)) shown.add(run.id);
  }
  return shown;
}

function isInBase({ base }: Selection, run: SelectableRun, isNewest: boolean): boolean {
  switch (base.kind) {
    case "newest":
      return isNewest;
    case "all":
      return true;
    case "ids":
      return base.ids.has(run.id);
    case "names":
      return base.names.has(run.name);
  }
}

/** Shows or hides one run. */
export function setShown(selection: Selection, id: string, isShown: boolean): Selection {
  const added = new Set(selection.added);
  const hidden = new Set(selection.hidden);
  if (isShown) {
    hidden.delete(id);
    added.add(id);
  } else {
    added.delete(id);
    hidden.add(id);
  }
  return { base: selection.base, added, hidden };
}

export function showOnly(ids: Iterable<string>): Selection {
  return { base: { kind: "ids", ids: new Set(ids) }, added: NONE, hidden: NONE };
}

export function showAll(): Selection {
  return { base: { kind: "all" }, added: NONE, hidden: NONE };
}

/** Whether nobody has chosen anything yet. */
export function isUntouched({ base, added, hidden }: Selection): boolean {
  return base.kind === "newest" && added.size === 0 && hidden.size === 0;
}

/** How a person looks at a table, or at a card of pictures, which has only a step: sorted, filtered, at which step and beside which one. Part of the address, so that a link shows the same rows. */

export interface TableLook {
  /** Only of a card among the charts; the media page has a step for all its tables. Undefined: the newest. */
  readonly step?: number;
  /** Another step, whose rows stand beside those of the first. */
  readonly withStep?: number;
  readonly sort?: { readonly column: string; readonly descending: boolean };
  /** What was written into the filter fields, by column. */
  readonly filters?: Readonly<Record<string, string>>;
  /** The same row of each run, or of each step, beside each other. */
  readonly isTogether?: boolean;
}

/** What of a look becomes another; `undefined`: as it is by itself. */
export type LookChange = { readonly [K in keyof TableLook]?: TableLook[K] | undefined };

export type TableLooks = Readonly<Record<string, TableLook>>;

const MOST_LOOKS = 100;

/** As it stands in an address: undefined where every table is as it opens. */
export function formatLooks(looks: TableLooks): string | undefined {
  const entries = Object.entries(looks)
    .map(([key, look]) => [key, compact(look)] as const)
    .filter(([, look]) => Object.keys(look).length > 0);
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries));
}

/** What an address says; what cannot be read counts as not said. */
export function parseLooks(text: string | null): TableLooks {
  if (!text) return {};
  try {
    const given: unknown = JSON.parse(text);
    if (!isObject(given)) return {};
    const looks = Object.entries(given).slice(0, MOST_LOOKS);
    return fromEntries(looks.map(([key, look]) => [key, readLook(look)]));
  } catch {
    return {};
  }
}

/** The looks with another one of `key`. */
export function changeLook(looks: TableLooks, key: string, change: LookChange): TableLooks {
  const look = compact({ ...looks[key], ...change });
  const rest = Object.entries(looks).filter(([other]) => other !== key);
  return fromEntries(Object.keys(look).length > 0 ? [...rest, [key, look]] : rest);
}

/** Without what is as it is by itself. */
function compact(look: LookChange): TableLook {
  const { step, withStep, sort, isTogether } = look;
  const filters = Object.entries(look.filters ?? {}).filter(([, text]) => text.trim() !== "");
  return {
    ...(step === undefined ? {} : { step }),
    ...(withStep === undefined ? {} : { withStep }),
    ...(sort === undefined ? {} : { sort }),
    ...(filters.length === 0 ? {} : { filters: fromEntries(filters) }),
    ...(isTogether ? { isTogether } : {}),
  };
}

function readLook(given: unknown): TableLook {
  if (!isObject(given)) return {};
  const { step, withStep, sort, filters, isTogether } = given;
  const texts = isObject(filters)
    ? Object.entries(filters).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
      )
    : [];
  return compact({
    ...(isStep(step) ? { step } : {}),
    ...(isStep(withStep) ? { withStep } : {}),
    ...(isObject(sort) && typeof sort.column === "string"
      ? { sort: { column: sort.column, descending: sort.descending === true } }
      : {}),
    filters: fromEntries(texts),
    isTogether: isTogether === true,
  });
}

function isStep(given: unknown): given is number {
  return typeof given === "number" && Number.isFinite(given);
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

/** A key may be `__proto__`: such an object has no prototype that it could be. */
function fromEntries<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries(entries);
}

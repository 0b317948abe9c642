/** Search by regular expression over names: a bad one says why, and what was found last stays. */

export interface NameSearch {
  readonly matches: (name: string) => boolean;
  /** Why `text` is no regular expression, as a sentence. */
  readonly problem: string | undefined;
}

export const EVERYTHING: NameSearch = { matches: () => true, problem: undefined };

/** The search for `text`, upper and lower case being one; a bad expression goes on as `last`. */
export function searchNames(text: string, last: NameSearch = EVERYTHING): NameSearch {
  if (text.trim() === "") return EVERYTHING;
  try {
    const pattern = new RegExp(text.trim(), "i");
    return { matches: (name) => pattern.test(name), problem: undefined };
  } catch (error) {
    return { matches: last.matches, problem: describe(error) };
  }
}

function describe(error: unknown): string {
  const reason = error instanceof Error ? error.message.split(": ").at(-1) : undefined;
  const detail = reason ? `: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}` : "";
  return `This is not a regular expression${detail}. Correct it, or write \\ before a sign that is meant as itself.`;
}

/** Whether two lists hold the same things in the same order: what a memo compares with, so that a list made anew changes nothing. */
export function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, i) => Object.is(one, b[i]));
}

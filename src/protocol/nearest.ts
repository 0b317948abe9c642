/** What a person may have meant by a name that is not there. */

/**
 * The candidate nearest to `name`, or undefined where none is near enough to
 * be a slip of the hand: at most one edit (a letter more, less, other, or two
 * neighbours swapped) for each three letters, upper and lower case being one.
 * Of several equally near, the first.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let nearest: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance <= limit && distance < (nearest?.distance ?? Number.POSITIVE_INFINITY)) {
      nearest = { candidate, distance };
    }
  }
  return nearest?.candidate;
}

/** `No project "mnits". Did you mean "mnist"?`, or the names that there are where none is near. */
export function describeMissing(
  what: string,
  name: string,
  candidates: readonly string[],
  remedy: string,
): string {
  const nearest = nearestName(name, candidates);
  if (nearest !== undefined) return `No ${what} '${name}'. Did you mean '${nearest}'?`;
  return `No ${what} '${name}'. ${remedy}`;
}

/** Edits between two strings, a swap of neighbours counting once (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(change, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/**
 * Which rows of a run a Trackio client gets where there are more than it asks
 * for. Rows are grouped by their keys, so that a key which is logged seldom is
 * not lost among the others; each group has a share, and of a group every 2^k-th
 * row and the last one are kept, so that what a page shows already stays where it
 * is while the run grows. The same rows as Trackio for Python chooses.
 */

const REFINEMENTS = 4;

/** How many rows of each group may be given, of `limit` in all. */
export function shareRows(groupSizes: readonly number[], limit: number): number[] {
  const total = sum(groupSizes);
  if (total <= limit) return [...groupSizes];
  const floor = Math.floor(limit / groupSizes.length);
  const shares = groupSizes.map((size) => Math.min(size, floor));
  for (let pass = 0; pass < REFINEMENTS; pass += 1) {
    const left = limit - sum(shares);
    if (left < 1) break;
    const wanted = groupSizes.map((size, group) => size - shares[group]!);
    const allWanted = sum(wanted);
    if (allWanted < 1) break;
    const quotas = wanted.map((count) => (left * count) / allWanted);
    const added = quotas.map(Math.trunc);
    const byRemainder = quotas
      .map((quota, group) => ({ group, missing: added[group]! - quota }))
      .sort((a, b) => a.missing - b.missing || a.group - b.group);
    for (const { group } of byRemainder.slice(0, Math.max(0, left - sum(added)))) {
      added[group]! += 1;
    }
    for (const [group, size] of groupSizes.entries()) {
      shares[group] = Math.min(size, shares[group]! + added[group]!);
    }
  }
  return shares;
}

/** Whether the row at `index` of a group of `size` rows is among the `share` that are kept. */
export function isKept(index: number, size: number, share: number): boolean {
  if (share < 1) return false;
  if (size <= share || index === size - 1) return true;
  return share > 1 && index % strideOf(size, share) === 0;
}

/** Which rows stand for all of them: the first, the last, and others evenly between, `limit` at most; all where there are no more. */
export function spreadRows(count: number, limit: number): number[] {
  if (count <= limit) return Array.from({ length: count }, (_, index) => index);
  if (limit === 1) return [count - 1];
  const places = Array.from({ length: limit }, (_, i) =>
    roundHalfEven((i * (count - 1)) / (limit - 1)),
  );
  return [...new Set(places)];
}

/** The smallest power of two that keeps to the share. */
function strideOf(size: number, share: number): number {
  let stride = 1;
  while (Math.floor((size - 1 + stride - 1) / stride) > share - 1) stride *= 2;
  return stride;
}

/** As Python rounds. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * The smoothed line of a noisy curve: TensorBoard's exponential moving average,
 * freed of the bias towards zero that it would begin with. A bucket of n points
 * weighs as n points of its mean, so that a curve looks the same at every zoom.
 */

/** Highest weight that {@link smooth} takes. */
export const MAX_SMOOTHING = 0.99;

/**
 * The smoothed values; where a value is NaN or infinite the line has a gap (NaN), and goes on behind it as if it were not there.
 * @param weight 0 (the values themselves) to 0.99: how much of what was is kept from one point to the next.
 * @param counts Points that each value stands for; default one each.
 * @throws RangeError where the weight is out of range.
 */
export function smooth(
  values: ArrayLike<number>,
  weight: number,
  counts?: ArrayLike<number>,
): Float64Array {
  if (!(weight >= 0 && weight <= MAX_SMOOTHING)) {
    throw new RangeError(`The smoothing weight is ${weight}; give 0 to ${MAX_SMOOTHING}.`);
  }
  const smoothed = new Float64Array(values.length);
  /** Weighted sum of what was seen, and the sum of those weights: 1 − weight^points. */
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      smoothed[i] = Number.NaN;
      continue;
    }
    const kept = weight ** (counts?.[i] ?? 1);
    sum = sum * kept + value * (1 - kept);
    total = total * kept + (1 - kept);
    smoothed[i] = sum / total;
  }
  return smoothed;
}

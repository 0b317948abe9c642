/**
 * Exponential moving average, debiased, so that the first values are not drawn
 * towards zero. What is not finite is passed over: the average goes on behind it.
 *
 * @param weight 0 (nothing is smoothed) up to, not including, 1.
 */
export function smooth(values: Float64Array, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let sum = 0;
  let mass = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (Number.isFinite(value)) {
      sum = sum * weight + value * (1 - weight);
      mass = mass * weight + (1 - weight);
      smoothed[i] = sum / mass;
    } else {
      smoothed[i] = Number.NaN;
    }
  }
  return smoothed;
}

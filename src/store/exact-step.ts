/** A step as `Store.laneSize` tells it: an integer beyond 2^53 is a bigint, whatever it was written as. */
export function exactStep(step: number | bigint): number | bigint {
  if (typeof step === "bigint") {
    const rounded = Number(step);
    return Number.isSafeInteger(rounded) ? rounded : step;
  }
  return Number.isInteger(step) && !Number.isSafeInteger(step) ? BigInt(step) : step;
}

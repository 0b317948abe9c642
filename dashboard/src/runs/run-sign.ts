/**
 * Colour and dash of a run, by its number in the project alone: filter, sort,
 * hide and delete never change them, and forty runs in a row have forty signs.
 * Hues that come close for colour-blind eyes begin with different dashes.
 */

const DASH_OF_HUE = [0, 0, 0, 0, 1, 1, 2, 1, 3, 2] as const;

export interface RunSign {
  /** 0 to 9. */
  readonly hue: number;
  /** 0 to 3. */
  readonly dash: number;
}

export function runSign(number: number): RunSign {
  const hue = number % 10;
  return { hue, dash: (DASH_OF_HUE[hue]! + Math.floor(number / 10)) % 4 };
}

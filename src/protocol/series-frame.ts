/**
 * The binary answer to a read of many series: one header in JSON, then columns
 * of numbers that a browser maps into typed arrays without copying.
 */
export {};

/** What a turn did. */
export interface ReaderStep {
  /** Rows read, whether they were new or not. */
  readonly rows: number;
  /** There is more to do at once. */
  readonly more: boolean;
}

export interface ReaderOptions {
  /** Begins the names of its sources. */
  readonly prefix: string;
  /** Whether it is read to be kept for good: then what is gone from the database stays. */
  readonly isImport: boolean;
}

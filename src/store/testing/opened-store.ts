import type { Store } from "../store.ts";

/** A store under test. */
export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens it again on the same data; a store without a disk gives itself. */
  reopen(): Promise<Store>;
  /** Closes the store and removes its data. */
  remove(): Promise<void>;
}

export type Open = () => Promise<OpenedStore>;

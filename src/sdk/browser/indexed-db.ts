/**
 * IndexedDB as promises, described by what is asked of it: the types of the
 * browser's own library would be everywhere in a package that also runs elsewhere.
 */

/** A request, an opened database or a transaction: what tells of its end by events. */
interface Eventful {
  addEventListener(type: string, listener: () => void): void;
}

export interface Request<Result> extends Eventful {
  readonly result: Result;
  readonly error: Error | null;
}

export interface ObjectStore {
  put(value: unknown): Request<unknown>;
  get(key: Key): Request<unknown>;
  getAll(range?: object, count?: number): Request<unknown[]>;
  getAllKeys(range?: object, count?: number): Request<Key[]>;
  openKeyCursor(range: object, direction: "prev"): Request<{ readonly key: Key } | null>;
  delete(key: Key | object): Request<undefined>;
}

export interface Transaction extends Eventful {
  readonly error: Error | null;
  objectStore(name: string): ObjectStore;
  /** Does not wait for the end of what runs now. Not in all browsers. */
  commit?(): void;
}

export interface Database extends Eventful {
  createObjectStore(name: string, options: { readonly keyPath: string | string[] }): unknown;
  transaction(names: readonly string[], mode: "readonly" | "readwrite"): Transaction;
  close(): void;
}

export type Key = string | number | readonly (string | number)[];

interface Factory {
  open(name: string, version: number): Request<Database> & Eventful;
}

interface Globals {
  readonly indexedDB?: Factory;
  readonly IDBKeyRange?: { bound(lower: unknown, upper: unknown): object };
}

/** Opens the database; made by `make` where it is new. @throws where the browser has none for this page. */
export async function openDatabase(
  name: string,
  version: number,
  make: (database: Database) => void,
): Promise<Database> {
  const { indexedDB } = globalThis as Globals;
  if (indexedDB === undefined) throw new Error("this page has no IndexedDB");
  const request = indexedDB.open(name, version);
  request.addEventListener("upgradeneeded", () => make(request.result));
  const database = await resultOf(request);
  // Another tab has a newer version of this package: it goes first.
  database.addEventListener("versionchange", () => database.close());
  return database;
}

export function resultOf<Result>(request: Request<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("it failed")));
    request.addEventListener("blocked", () => reject(new Error("another tab holds it")));
  });
}

/** Resolves when all of the transaction is kept. */
export function endOf(transaction: Transaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(transaction.error ?? new Error("it was given up"));
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", fail);
    transaction.addEventListener("error", fail);
  });
}

/** All keys that begin with these parts. */
export function keysFrom(first: readonly (string | number)[]): object {
  return between(first, [first[0] as string, []]);
}

/** Keys from `lower` to `upper`, both included. An array is above all numbers and texts. */
export function between(lower: unknown, upper: unknown): object {
  const { IDBKeyRange } = globalThis as Globals;
  return IDBKeyRange!.bound(lower, upper);
}

/** Keeps what was used last, up to a number of bytes. */

export class BoundedCache<Value> {
  readonly #limitBytes: number;
  /** In the order of their last use. */
  readonly #entries = new Map<string, { readonly value: Value; readonly sizeBytes: number }>();
  #sizeBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Whether {@link set} would keep so much: one entry may have half of the bytes. */
  hasRoomFor(sizeBytes: number): boolean {
    return sizeBytes <= this.#limitBytes / 2;
  }

  set(key: string, value: Value, sizeBytes: number): void {
    this.#remove(key);
    if (!this.hasRoomFor(sizeBytes)) return;
    this.#entries.set(key, { value, sizeBytes });
    this.#sizeBytes += sizeBytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#sizeBytes <= this.#limitBytes) break;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#sizeBytes -= entry.sizeBytes;
  }
}

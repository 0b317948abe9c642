/** What the charts of a page share while a person points at one: the x of the cursor, the line pointed at. */

export class CursorLink {
  #x: number | null = null;
  #nearest: string | undefined;
  #lit: string | null = null;
  readonly #followers = new Set<() => void>();
  #frame = 0;

  /** In the unit of the x axis; null while nothing is pointed at. */
  get x(): number | null {
    return this.#x;
  }

  /** Id of the line nearest to the pointer. */
  get nearest(): string | undefined {
    return this.#nearest;
  }

  /** Id of the line that is lit in all charts. */
  get lit(): string | null {
    return this.#lit;
  }

  /** Calls `draw` once a frame after something changed. Returns how to end that. */
  follow(draw: () => void): () => void {
    this.#followers.add(draw);
    return () => this.#followers.delete(draw);
  }

  point(x: number | null, nearest?: string): void {
    if (this.#x === x && this.#nearest === nearest) return;
    this.#x = x;
    this.#nearest = nearest;
    this.#schedule();
  }

  light(id: string | null): void {
    if (this.#lit === id) return;
    this.#lit = id;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      for (const draw of this.#followers) draw();
    });
  }
}

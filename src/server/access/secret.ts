/** A token that somebody has to know, compared so that the time it takes tells nothing of it. */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export class Secret {
  /** Of this process alone, so that what is compared has one length and nobody knows it beforehand. */
  readonly #key = randomBytes(32);
  readonly #digest: Buffer;

  constructor(text: string) {
    this.#digest = this.#digestOf(text);
  }

  isSame(given: string): boolean {
    return timingSafeEqual(this.#digestOf(given), this.#digest);
  }

  #digestOf(text: string): Buffer {
    return createHmac("sha256", this.#key).update(text).digest();
  }
}

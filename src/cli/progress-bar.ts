/**
 * A progress bar on standard error. It shows up only where that is a terminal
 * and the work takes longer than a person waits without asking, and leaves no
 * trace when the work is done.
 */

import { formatBytes } from "./format.ts";
import type { Terminal } from "./terminal.ts";

const SHOW_AFTER_MS = 300;
/** Ten frames a second look alive, and drawing costs nothing beside the work. */
const FRAME_MS = 100;
const BAR_WIDTH = 24;

export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #formatAmount: (amount: number) => string;
  readonly #beganAt: number;
  #drawnAt = 0;

  constructor(terminal: Terminal, label: string, formatAmount = formatBytes) {
    this.#terminal = terminal;
    this.#label = label;
    this.#formatAmount = formatAmount;
    this.#beganAt = terminal.now();
  }

  /** Shows that `done` of `total` is done. */
  update(done: number, total: number): void {
    if (!this.#terminal.canDraw) return;
    const now = this.#terminal.now();
    if (now - this.#beganAt < SHOW_AFTER_MS || now - this.#drawnAt < FRAME_MS) return;
    this.#drawnAt = now;
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const full = Math.round(share * BAR_WIDTH);
    const bar = "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
    const amount = `${this.#formatAmount(done)} of ${this.#formatAmount(total)}`;
    const percent = `${Math.floor(share * 100)}`.padStart(3);
    this.#terminal.note(`\r\u001b[K${this.#label} ${bar} ${percent} %  ${amount}`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#drawnAt > 0) this.#terminal.note("\r\u001b[K");
  }
}

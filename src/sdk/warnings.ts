/**
 * How the SDK tells of trouble once a run is open: one line on stderr for each
 * kind, however often it comes, and never an error. What is counted is in
 * `run.stats()`.
 */

/** So many kinds are told; a key that carries a step number in its name must not fill the terminal. */
const MAX_KINDS = 50;

export class Warnings {
  readonly #messages = new Map<string, string>();
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void = writeToTerminal) {
    this.#write = write;
  }

  /** Tells of the first trouble of `kind`; later ones of the same kind are silent. */
  warn(kind: string, message: string): void {
    if (this.#messages.has(kind) || this.#messages.size >= MAX_KINDS) return;
    this.#messages.set(kind, message);
    this.#write(`trackio: ${message}`);
  }

  /** All that was told, in order. */
  get messages(): readonly string[] {
    return [...this.#messages.values()];
  }
}

/** A terminal that is gone must not end the script, be it told at once or, as a pipe does, a tick later. */
function writeToTerminal(line: string): void {
  try {
    if (!process.stderr.listeners("error").includes(ignore)) {
      process.stderr.on("error", ignore);
      setImmediate(() => process.stderr.off("error", ignore)).unref();
    }
    console.warn(line);
  } catch {
    // As above: there is nobody left to tell.
  }
}

function ignore(): void {}

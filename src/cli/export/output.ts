import { once } from "node:events";
import { createWriteStream, renameSync, rmSync } from "node:fs";
import type { Terminal } from "../terminal.ts";

/** Where an export goes: piece by piece, whole or not at all. */
export interface Output {
  write(text: string): Promise<void>;
  /** Puts what was written in its place. */
  finish(): Promise<void>;
  /** Removes what was written. */
  abandon(): Promise<void>;
}

/**
 * A file that appears under its name only when it is whole, or standard output
 * where `path` is absent.
 */
export function openOutput(terminal: Terminal, path: string | undefined): Output {
  if (path === undefined) {
    return {
      write: (text) => terminal.print(text),
      finish: async () => undefined,
      abandon: async () => undefined,
    };
  }
  const partPath = `${path}.part`;
  const stream = createWriteStream(partPath);
  const closed = once(stream, "close");
  // Where opening or writing fails, the failure is told by the next write or by finish.
  closed.catch(() => undefined);
  return {
    write: async (text) => {
      if (stream.errored) throw stream.errored;
      if (!stream.write(text)) await once(stream, "drain");
    },
    finish: async () => {
      stream.end();
      await closed;
      renameSync(partPath, path);
    },
    abandon: async () => {
      stream.destroy();
      await closed.catch(() => undefined);
      rmSync(partPath, { force: true });
    },
  };
}

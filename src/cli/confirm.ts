import { TrackioError } from "../protocol/errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Asks before something is gone for good; `yes` answers in advance.
 * @param what What is about to happen, e.g. `Delete run 'a' with 12 points`.
 * @returns whether to go on.
 * @throws {@link TrackioError} `invalid_argument` where nobody can be asked and `yes` is not given.
 */
export async function confirm(
  terminal: Terminal,
  what: string,
  options: { readonly yes?: boolean },
): Promise<boolean> {
  if (options.yes) return true;
  if (!terminal.canAsk) {
    throw new TrackioError(
      "invalid_argument",
      `${what}? There is no terminal to ask on; add --yes to go ahead.`,
    );
  }
  const answer = await terminal.ask(`${what}? This can not be undone. [y/N] `);
  const isYes = /^y(es)?$/i.test(answer?.trim() ?? "");
  if (!isYes) terminal.note("Nothing was deleted.\n");
  return isYes;
}

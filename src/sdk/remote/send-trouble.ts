/** Why something could not be sent just now. */

/**
 * `away`: nobody answers, or not as a server does that is well; later it may.
 * `refused`: the server does not let this script write; a person has to do
 * something. `too-large`: something between here and there takes no body as
 * large as this one. `local`: the file cannot be read here.
 */
export type TroubleKind = "away" | "refused" | "too-large" | "local";

/** Nothing is lost: what was to be sent stays, and is tried again. */
export class SendTrouble extends Error {
  readonly kind: TroubleKind;
  /** Whether another request may fare better: this one was answered, or did not even leave this machine. */
  readonly isOfOneRequest: boolean;

  /**
   * @param message What went wrong, as a part of a sentence: "nobody answers (ECONNREFUSED)".
   * @param options.isAnswered Of `away`: somebody does answer, though not as a server does that is well.
   */
  constructor(
    kind: TroubleKind,
    message: string,
    options: { readonly cause?: unknown; readonly isAnswered?: boolean } = {},
  ) {
    super(message, options);
    this.name = "SendTrouble";
    this.kind = kind;
    this.isOfOneRequest = kind !== "refused" && (kind !== "away" || options.isAnswered === true);
  }
}

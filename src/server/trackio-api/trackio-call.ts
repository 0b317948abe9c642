/**
 * One call of the wire protocol that Trackio clients speak: `POST /api/{name}`
 * with `{"args":[…],"kwargs":{…}}`, answered with `{"data":…}`. The calls stand in
 * one table; those that write are filled in here, those that read in `reads/`.
 */

import type { Json } from "../../protocol/json.ts";
import type { ServerContext } from "../server-context.ts";
import type { CallArguments, CallParameter } from "./call-arguments.ts";

/** The JSON text, in UTF-8, of what stands behind `data`: for answers that a reading thread has spelled already. */
export type AnswerText = Uint8Array<ArrayBuffer>;

/** The same in pieces, for what may be longer than one text. */
export class AnswerPieces {
  readonly pieces: readonly AnswerText[];

  constructor(pieces: readonly AnswerText[]) {
    this.pieces = pieces;
  }
}

export interface TrackioCall {
  readonly name: string;
  /** In the order in which arguments without names are taken. */
  readonly parameters: readonly CallParameter[];
  /** `write` and `mutate` (deleting and renaming) need the write token; the two have texts of their own where it is missing. */
  readonly access: "read" | "write" | "mutate";
  /**
   * What stands behind `data`, in the form of `encodeValue`, or its text.
   * @throws {@link CallError} what the client is told. A `TrackioError` `invalid_argument` is told with 400, any other with 500.
   */
  readonly handle: (
    given: CallArguments,
    server: ServerContext,
    request: Request,
  ) => Promise<Json | AnswerText | AnswerPieces> | Json | AnswerText | AnswerPieces;
}

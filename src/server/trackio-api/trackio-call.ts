/**
 * One call of the wire protocol that Trackio clients speak: `POST /api/{name}`
 * with `{"args":[…],"kwargs":{…}}`, answered with `{"data":…}`. The calls stand in
 * one table; those that write are filled in here, those that read in `reads/`.
 */

import type { Json } from "../../protocol/values.ts";
import type { ServerContext } from "../server-context.ts";

export interface CallParameter {
  readonly name: string;
  /** Taken where the request gives none; absent: the request must give it. */
  readonly otherwise?: Json;
}

/** What a request gave. */
export interface CallArguments {
  /** The value of every parameter of the call, by its name; whatever the client sent, nothing is checked. */
  readonly values: { readonly [parameter: string]: Json };
  /** How many were given by place and not by name. */
  readonly positionalCount: number;
}

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

/** A refusal as the protocol has it: 400 where the client gave something wrong, 500 for all else, e.g. what is not there. */
export class CallError extends Error {
  readonly status: 400 | 404 | 500 | 503;

  constructor(status: 400 | 404 | 500 | 503, text: string) {
    super(text);
    this.name = "CallError";
    this.status = status;
  }
}

/** A refusal as the protocol has it: 400 where the client gave something wrong, 500 for all else, e.g. what is not there. */
export class CallError extends Error {
  readonly status: 400 | 404 | 500 | 503;

  constructor(status: 400 | 404 | 500 | 503, text: string) {
    super(text);
    this.name = "CallError";
    this.status = status;
  }
}

/**
 * The one error class of the house. A message says what was wrong (with the
 * value), where, and what to do about it; `code` decides the HTTP status and
 * the exit code, so that no other place has to know both.
 */

/** What went wrong, as a closed set that programs may switch over. */
export type ErrorCode =
  | "invalid_argument"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "deleted"
  | "damaged"
  | "busy"
  | "storage_full"
  | "unavailable"
  | "internal";

/** HTTP status and process exit code of each {@link ErrorCode}; exit code 2 is bad usage, 1 all other trouble. */
export const ERROR_OUTCOMES: Readonly<
  Record<ErrorCode, { readonly httpStatus: number; readonly exitCode: 1 | 2 }>
> = {
  invalid_argument: { httpStatus: 400, exitCode: 2 },
  forbidden: { httpStatus: 403, exitCode: 1 },
  not_found: { httpStatus: 404, exitCode: 1 },
  conflict: { httpStatus: 409, exitCode: 1 },
  deleted: { httpStatus: 410, exitCode: 1 },
  damaged: { httpStatus: 500, exitCode: 1 },
  busy: { httpStatus: 503, exitCode: 1 },
  storage_full: { httpStatus: 507, exitCode: 1 },
  unavailable: { httpStatus: 503, exitCode: 1 },
  internal: { httpStatus: 500, exitCode: 1 },
};

/** An error with a sentence for people and a {@link ErrorCode} for programs. */
export class TrackioError extends Error {
  readonly code: ErrorCode;

  /** @param message One sentence or two: the value, the place, the remedy. */
  constructor(code: ErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = "TrackioError";
    this.code = code;
  }
}

/** What the server asks of whoever reads the store, and what comes back: plain data, so that it may cross threads. */

import type { z } from "zod";
import type {
  mediaItemsQuerySchema,
  mediaOfKeySchema,
  seriesRequestSchema,
  tableQuerySchema,
} from "../../protocol/api.ts";
import { type ErrorCode, TrackioError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import type { NamedProject } from "./find-run.ts";

/** A checked request for series: its defaults are filled in. */
export type CheckedSeriesRequest = z.output<typeof seriesRequestSchema>;

export type CheckedMediaQuery = z.output<typeof mediaOfKeySchema>;
export type CheckedItemsQuery = z.output<typeof mediaItemsQuerySchema>;
export type CheckedTableQuery = z.output<typeof tableQuerySchema>;

export type Question =
  /** `running`: runs that run now, by project, as the live side knows them. */
  | { readonly ask: "projects"; readonly running: { readonly [project: string]: number } }
  | ({ readonly ask: "runs" | "files" } & NamedProject)
  | ({ readonly ask: "run"; readonly run: string } & NamedProject)
  | ({ readonly ask: "metrics" | "media"; readonly runs: readonly string[] } & NamedProject)
  | ({ readonly ask: "series"; readonly request: CheckedSeriesRequest } & NamedProject)
  | ({ readonly ask: "mediaSteps"; readonly query: CheckedMediaQuery } & NamedProject)
  | ({ readonly ask: "mediaItems"; readonly query: CheckedItemsQuery } & NamedProject)
  | TableQuestion;

/** Also what an export of the whole table is asked with. */
export type TableQuestion = {
  readonly ask: "table";
  readonly query: CheckedTableQuery;
} & NamedProject;

/** A call of a Trackio client, with a value for every argument, none of them checked. */
export interface TrackioQuestion {
  readonly ask: "trackio";
  readonly call: string;
  readonly values: { readonly [parameter: string]: Json };
}

/** A query in SQL over a project's tables as Trackio for Python has them. */
export interface QueryQuestion extends NamedProject {
  /** As `checkQuery` gives it. */
  readonly query: string;
}

/** The body of an answer: JSON, or the bytes of a series frame. */
export type AnswerBytes = Uint8Array<ArrayBuffer>;

/** A refusal, as it crosses threads. Without a code it is an error of ours. */
export interface Refusal {
  readonly code?: ErrorCode;
  readonly message: string;
  readonly stack?: string | undefined;
}

export function refusalOf(error: unknown): Refusal {
  if (error instanceof TrackioError) return { code: error.code, message: error.message };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, stack };
}

export function errorOf({ code, message, stack }: Refusal): Error {
  if (code !== undefined) return new TrackioError(code, message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

export interface Reader {
  /**
   * @param signal Where it is aborted before the question's turn comes, the question is dropped.
   * @throws {@link TrackioError} what the store or the question's check says; `busy` where too many wait.
   */
  ask(question: Question, signal?: AbortSignal): Promise<AnswerBytes>;
  /**
   * The JSON text of what a Trackio client asked for, in pieces, since it may be longer than a text can be.
   * @throws as `ask`.
   */
  askTrackio(question: TrackioQuestion, signal?: AbortSignal): Promise<readonly AnswerBytes[]>;
  /**
   * The JSON text of the query's answer.
   * @throws {@link TrackioError} what is wrong with the query; `not_found` for an unknown project, `busy` where it takes too long.
   */
  queryProject(question: QueryQuestion, signal?: AbortSignal): Promise<AnswerBytes>;
  /**
   * The whole table as CSV in pieces, each made when it is taken; whoever asked ends it with `return`, or by `signal`.
   * @throws {@link TrackioError} as `ask`, at once or with the first piece.
   */
  exportTable(
    question: TableQuestion,
    signal?: AbortSignal,
  ): AsyncGenerator<AnswerBytes, void, undefined>;
  close(): Promise<void>;
}

/** What the server asks of whoever reads the store, and what comes back: plain data, so that it may cross threads. */

import type { z } from "zod";
import type { seriesRequestSchema } from "../../protocol/api.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { ProjectKey } from "../../protocol/ids.ts";

/** A checked request for series: its defaults are filled in. */
export type CheckedSeriesRequest = z.output<typeof seriesRequestSchema>;

export type Question =
  /** `running`: runs that run now, by project, as the live side knows them. */
  | { readonly ask: "projects"; readonly running: { readonly [project: string]: number } }
  | { readonly ask: "runs"; readonly project: ProjectKey; readonly asWritten: string }
  | {
      readonly ask: "run";
      readonly project: ProjectKey;
      readonly asWritten: string;
      readonly run: string;
    }
  | {
      readonly ask: "metrics";
      readonly project: ProjectKey;
      readonly asWritten: string;
      readonly runs: readonly string[];
    }
  | {
      readonly ask: "series";
      readonly project: ProjectKey;
      readonly asWritten: string;
      readonly request: CheckedSeriesRequest;
    };

/** The body of an answer: JSON, or the bytes of a series frame. */
export type AnswerBytes = Uint8Array<ArrayBuffer>;

/** A refusal, as it crosses threads. Without a code it is an error of ours. */
export interface Refusal {
  readonly code?: ErrorCode;
  readonly message: string;
  readonly stack?: string | undefined;
}

export interface Reader {
  /**
   * @param signal Where it is aborted before the question's turn comes, the question is dropped.
   * @throws {@link TrackioError} what the store or the question's check says; `busy` where too many wait.
   */
  ask(question: Question, signal?: AbortSignal): Promise<AnswerBytes>;
  close(): Promise<void>;
}

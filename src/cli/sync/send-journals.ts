/** Sends journals that were left to one server, to their end or until that is of no use now. */

import type { JournalRoute, Refusal } from "../../sdk/remote/outgoing-journal.ts";
import { ServerSender } from "../../sdk/remote/server-sender.ts";

/** What became of it. */
export interface SendOutcome {
  /** Paths of the journals that are all there now, with what they name. */
  readonly sent: readonly string[];
  readonly refused: ReadonlyMap<string, Refusal>;
  readonly left: { readonly bytes: number; readonly blobs: number };
  /** Why something is left, as a part of a sentence; absent where nothing is. */
  readonly trouble: string | undefined;
  /** Whether it is for a person to do something about it. */
  readonly isTokenRefused: boolean;
}

export interface SendOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly onBytes: (sizeBytes: number) => void;
}

/** With the pauses between them about seven seconds: a server that starts again is back before. */
const ATTEMPTS = 5;
const LOOK_EVERY_MS = 100;

export async function sendJournals(
  journals: readonly JournalRoute[],
  { url, token, onBytes }: SendOptions,
): Promise<SendOutcome> {
  const sent: string[] = [];
  const refused = new Map<string, Refusal>();
  let trouble: string | undefined;
  let isTokenRefused = false;
  let isGivenUp = false;
  /** Of which the server makes nothing, while it takes others. */
  const givenUp = new Set<string>();
  const sender = new ServerSender(url, token, {
    signIntervalMs: Number.POSITIVE_INFINITY,
    news: {
      onBytes,
      onSettled: (path, refusal) => {
        if (refusal === undefined) sent.push(path);
        else refused.set(path, refusal);
      },
      onTrouble: ({ kind, message }, attempts, path) => {
        trouble = message;
        isTokenRefused ||= kind === "refused";
        if (path !== undefined && attempts >= ATTEMPTS) givenUp.add(path);
        isGivenUp ||= kind === "refused" || (path === undefined && attempts >= ATTEMPTS);
      },
    },
  });
  for (const journal of journals) sender.add({ ...journal, serverUrl: url }, { isOpen: false });
  const isMoving = (path: string) => !givenUp.has(path) && !sender.isStuck(path);
  while (!isGivenUp && sender.paths.some(isMoving)) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  const left = sender.left(sender.paths);
  const isAllThere = sender.paths.length === 0;
  sender.close();
  return { sent, refused, left, trouble: isAllThere ? undefined : trouble, isTokenRefused };
}

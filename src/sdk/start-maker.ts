/**
 * Who turns what a script logged into what is shown, while it runs: one thread
 * for each data folder, shared by the runs that log media to it. What is left
 * when they have ended, the dashboard's server makes.
 */

import { BlobFolder } from "../media/blob-folder.ts";
import { MakerWorker } from "../media/maker-worker.ts";
import { releaseOwnClaims } from "../media/making-claim.ts";

/** Told why something that was logged cannot be shown. */
export type OnUnmakeable = (reason: string) => void;

interface SharedMaker {
  readonly worker: MakerWorker;
  readonly users: Set<OnUnmakeable>;
}

const LOOK_EVERY_MS = 1_000;

const makers = new Map<string, SharedMaker>();

/** The methods throw nothing. */
export interface StartedMaker {
  /** Whoever comes next may begin anew what is being made: this process may end at any moment. */
  leave(): void;
  /** Ends it, where no other run needs it. */
  stop(): void;
}

/** Begins to make what is kept in the data folder `root`, until it is stopped. Throws nothing. */
export function startMaker(root: string, onUnmakeable: OnUnmakeable): StartedMaker {
  const maker = makers.get(root) ?? start(root);
  maker.users.add(onUnmakeable);
  return {
    leave: () => leave(root),
    stop: () => {
      maker.users.delete(onUnmakeable);
      if (maker.users.size > 0 || makers.get(root) !== maker) return;
      makers.delete(root);
      maker.worker.close({ isAwaited: false }).catch(() => undefined);
      leave(root);
    },
  };
}

function leave(root: string): void {
  try {
    releaseOwnClaims(BlobFolder.at(root));
  } catch {
    // A folder that is gone or in trouble: the claims become void with the process.
  }
}

function start(root: string): SharedMaker {
  const users = new Set<OnUnmakeable>();
  const worker = MakerWorker.start(root, {
    lookEveryMs: LOOK_EVERY_MS,
    onNews: (told) => {
      if (told.news === "failed") for (const tell of users) tell(told.reason);
    },
  });
  const maker = { worker, users };
  makers.set(root, maker);
  return maker;
}

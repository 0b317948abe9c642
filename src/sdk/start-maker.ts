/**
 * Who turns what a script logged into what is shown, while it runs: one thread
 * for each data folder, shared by the runs that log media to it. What is left
 * when they have ended, the dashboard's server makes.
 */

import { MakerWorker } from "../media/maker-worker.ts";

/** Told why something that was logged cannot be shown. */
export type OnUnmakeable = (reason: string) => void;

interface SharedMaker {
  readonly worker: MakerWorker;
  readonly users: Set<OnUnmakeable>;
}

const LOOK_EVERY_MS = 1_000;

const makers = new Map<string, SharedMaker>();

/** Begins to make what is kept in the data folder `root`, until the returned function is called. Throws nothing. */
export function startMaker(root: string, onUnmakeable: OnUnmakeable): () => void {
  const maker = makers.get(root) ?? start(root);
  maker.users.add(onUnmakeable);
  return () => {
    maker.users.delete(onUnmakeable);
    if (maker.users.size > 0 || makers.get(root) !== maker) return;
    makers.delete(root);
    maker.worker.close({ isAwaited: false }).catch(() => undefined);
  };
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

/**
 * For work that holds the thread for a while, as making a run does: some ten
 * calls of the file system, a millisecond as a rule, ten where a disk is slow at
 * new files. A hundred runs that begin at once are made one in each turn of the
 * event loop, so that whoever else asks waits for one of them and not for all.
 *
 * Law: what is asked for first is done first.
 */

/** Of this thread: it has one event loop. */
const waiting: (() => void)[] = [];

/** Does `work`, which holds the thread and is not interrupted, when its turn has come; what it gives or throws. */
export function inTurn<Result>(work: () => Result): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  waiting.push(() => {
    try {
      resolve(work());
    } catch (error) {
      reject(error);
    }
  });
  if (waiting.length === 1) setImmediate(doNext);
  return promise;
}

function doNext(): void {
  waiting[0]?.();
  waiting.shift();
  // Behind all that has come meanwhile.
  if (waiting.length > 0) setImmediate(doNext);
}

/**
 * For work that holds the thread for a while, as making a run does: some ten
 * calls of the file system, a millisecond as a rule, five where new files are
 * slow. Of a hundred runs that begin at once a few are made in each turn of the
 * event loop, so that whoever else asks waits for those and not for all.
 *
 * Law: what is asked for first is done first. Of a turn it takes as long as all
 * others took, or 5 ms, and what the last one takes beyond that.
 */

const LEAST_MS = 5;
const MOST_IN_A_TURN = 8;

/** Of this thread: it has one event loop. */
const waiting: (() => void)[] = [];
/** Since then others have had their turn. */
let othersSince = 0;

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
  if (waiting.length === 1) schedule();
  return promise;
}

/** Behind all that has come meanwhile. */
function schedule(): void {
  othersSince = performance.now();
  setImmediate(doSome);
}

function doSome(): void {
  const beganAt = performance.now();
  const until = beganAt + Math.max(LEAST_MS, beganAt - othersSince);
  let done = 0;
  while (done < waiting.length && done < MOST_IN_A_TURN && performance.now() < until) {
    waiting[done]!();
    done += 1;
  }
  waiting.splice(0, done);
  if (waiting.length > 0) schedule();
}

/** Does `action` in every turn of the event loop, as whoever waits for one would, until it is disposed of. */
export function eachTurn(action: () => void): Disposable {
  let immediate = setImmediate(next);
  function next(): void {
    action();
    immediate = setImmediate(next);
  }
  return { [Symbol.dispose]: () => clearImmediate(immediate) };
}

/** The most that `count` rises by from one turn to the next while `action` lasts. */
export async function mostInOneTurn(
  count: () => number,
  action: () => Promise<unknown>,
): Promise<number> {
  let most = 0;
  let former = count();
  using _ = eachTurn(() => {
    const now = count();
    most = Math.max(most, now - former);
    former = now;
  });
  await action();
  return most;
}

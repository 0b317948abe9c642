/** What happens to a page that its runs have to know. In a worker some of it never does. */

interface PageGlobals {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
  readonly document?: {
    addEventListener(type: string, listener: () => void): void;
    removeEventListener(type: string, listener: () => void): void;
  };
  readonly navigator?: { readonly locks?: Locks };
}

interface Locks {
  request(
    name: string,
    options: { readonly ifAvailable?: boolean },
    action: (lock: unknown) => Promise<unknown> | undefined,
  ): Promise<unknown>;
}

export interface PageListener {
  /** The page may be gone at any moment from now on. */
  onLeave(): void;
  /** The network is back. */
  onOnline(): void;
}

/** @returns Ends it. */
export function listenToPage(listener: PageListener): () => void {
  const page = globalThis as PageGlobals;
  const onLeave = () => listener.onLeave();
  const onOnline = () => listener.onOnline();
  page.addEventListener?.("pagehide", onLeave);
  page.addEventListener?.("online", onOnline);
  page.document?.addEventListener("visibilitychange", onLeave);
  return () => {
    page.removeEventListener?.("pagehide", onLeave);
    page.removeEventListener?.("online", onOnline);
    page.document?.removeEventListener("visibilitychange", onLeave);
  };
}

/** Tells all pages of this origin that a journal is being written, until it is released or the page is gone. */
export function holdJournal(writer: string): () => void {
  const { locks } = (globalThis as PageGlobals).navigator ?? {};
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  // Without locks two pages may send one journal, by offset, which does no harm.
  locks?.request(lockOf(writer), {}, () => released).catch(() => undefined);
  return release;
}

/**
 * Does `action` unless another page writes or sends the journal. It is told whether that is known: pages that did not come
 * over https have no locks.
 */
export async function withJournal(
  writer: string,
  action: (isAlone: boolean) => Promise<void>,
): Promise<void> {
  const { locks } = (globalThis as PageGlobals).navigator ?? {};
  if (locks === undefined) {
    await action(false);
    return;
  }
  await locks.request(lockOf(writer), { ifAvailable: true }, async (lock) => {
    if (lock !== null) await action(true);
  });
}

function lockOf(writer: string): string {
  return `trackio journal ${writer}`;
}

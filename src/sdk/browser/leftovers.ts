/**
 * Journals that pages before this one could not send to the end: a tab that was
 * closed, a server that was away. Those of a run that goes on now are sent
 * before its new one: steps that the server tells go by what it has.
 */

import type { KeptJournal, KeptJournals } from "./kept-journals.ts";
import { Outbox } from "./outbox.ts";
import { withJournal } from "./page-events.ts";
import type { JournalFacts } from "./page-journal.ts";
import type { ServerRequests } from "./server-requests.ts";

const DAY_MS = 24 * 3_600_000;

/** Journals that this page writes itself. */
const own = new Set<string>();
/** What is being sent, or was, by its writer. */
const sending = new Map<string, Promise<void>>();

/** @param facts Of a journal that this page begins now. */
export class Leftovers {
  readonly #facts: JournalFacts;
  readonly #journals: Promise<KeptJournals>;
  readonly #server: ServerRequests;
  readonly #warn: (kind: string, message: string) => void;

  constructor(
    facts: JournalFacts,
    journals: Promise<KeptJournals>,
    server: ServerRequests,
    warn: (kind: string, message: string) => void,
  ) {
    own.add(facts.writer);
    this.#facts = facts;
    this.#journals = journals;
    this.#server = server;
    this.#warn = warn;
  }

  /** Sends what is left of the same run; resolves when the server has it. */
  sendOfRun(): Promise<void> {
    const { projectKey, run } = this.#facts;
    return this.#send((journal) => journal.projectKey === projectKey && journal.run === run);
  }

  /** Sends all that is left for the same server. */
  sendAll(): Promise<void> {
    return this.#send(() => true);
  }

  async #send(isWanted: (journal: KeptJournal) => boolean): Promise<void> {
    try {
      const kept = await this.#journals;
      // One after the other, the oldest first.
      for (const journal of await kept.list(this.#server.url)) {
        if (own.has(journal.writer) || !isWanted(journal)) continue;
        const former = sending.get(journal.writer) ?? this.#sendOne(kept, journal);
        sending.set(journal.writer, former);
        await former;
      }
    } catch (error) {
      this.#warn("leftovers", `what other pages left cannot be sent (${String(error)}).`);
    }
  }

  async #sendOne(kept: KeptJournals, { writer, begunAtMs }: KeptJournal): Promise<void> {
    const [journals, server, warn] = [this.#journals, this.#server, this.#warn];
    await withJournal(writer, async (isAlone) => {
      await new Outbox({ writer, journals, server, until: "once", warn }).done;
      // Where nobody can say whether it is still written, a day decides.
      if (!isAlone && Date.now() - begunAtMs < DAY_MS) return;
      const journal = await kept.journal(writer);
      const isSent = journal !== undefined && journal.sentBytes >= journal.sizeBytes;
      if (isSent && (await kept.blobsToSend(writer)).length === 0) await kept.remove(writer);
    });
  }
}

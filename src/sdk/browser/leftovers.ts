/** Journals that pages before this one could not send to the end: a tab that was closed, a server that was away. */

import type { KeptJournals } from "./kept-journals.ts";
import { Outbox } from "./outbox.ts";
import { withJournal } from "./page-events.ts";
import type { ServerRequests } from "./server-requests.ts";

/** Servers for which a page sends what others left; once each is enough. */
const servers = new Set<string>();

const DAY_MS = 24 * 3_600_000;

/** Sends them one after the other, the oldest first, in the background; tries until the server takes them. @param isOwn Whether this page writes the journal. */
export async function sendLeftovers(
  journals: Promise<KeptJournals>,
  server: ServerRequests,
  isOwn: (writer: string) => boolean,
  warn: (kind: string, message: string) => void,
): Promise<void> {
  if (servers.has(server.url)) return;
  servers.add(server.url);
  const kept = await journals;
  for (const { writer, begunAtMs } of await kept.list(server.url)) {
    if (isOwn(writer)) continue;
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

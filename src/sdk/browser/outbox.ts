/**
 * Sends one journal to its server: its bytes by offset, then the blobs that they
 * name. What is kept is sent, and nothing else, so that a page that comes later
 * can go on wherever this one was cut off.
 *
 * Laws: a byte is sent at its offset, so that none is there twice; trouble is
 * told once and tried again, later each time; a journal that its server will
 * never take is not sent again by this page.
 */

import type { BlobHash } from "../../protocol/media.ts";
import { BackOff } from "../remote/back-off.ts";
import type { Unsent } from "./browser-run.ts";
import type { KeptJournal, KeptJournals } from "./kept-journals.ts";
import { type PageAnswer, SendTrouble, type ServerRequests } from "./server-requests.ts";

export interface OutboxOptions {
  readonly writer: string;
  readonly journals: Promise<KeptJournals>;
  readonly server: ServerRequests;
  /** `whileOpen`: until the journal is closed and all of it is sent. `once`: what there is now. */
  readonly until: "whileOpen" | "once";
  /** Nothing is sent before it has settled. */
  readonly after?: Promise<unknown>;
  readonly warn: (kind: string, message: string) => void;
}

const PIECE_BYTES = 512 * 1024;
/** Lines are gathered for so long before they are sent. */
const PAUSE_MS = 250;
const SIGN_EVERY_MS = 30_000;

/** Why a journal will never be taken. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class Outbox {
  /** Resolves when the server has the journal's first line; rejects where it never will. */
  readonly ready: Promise<void>;
  /** Resolves when there is nothing more to be sent, or it is refused. */
  readonly done: Promise<void>;
  readonly #options: OutboxOptions;
  readonly #backOff = new BackOff();
  #isStopped = false;
  #wake: (() => void) | undefined;
  #hasNews = false;
  #onReady: (() => void) | undefined;
  #onRefused: ((error: Error) => void) | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = resolve;
      this.#onRefused = reject;
    });
    // Nobody has to wait for it.
    this.ready.catch(() => undefined);
    this.done = this.#run();
  }

  /** There is more to be sent, or the line is back: does not wait any longer. */
  wake(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  /** Sends no more. */
  stop(): void {
    this.#isStopped = true;
    this.wake();
  }

  /** What the server does not have, as far as it is kept. */
  async unsent(): Promise<Unsent> {
    const journals = await this.#options.journals;
    const journal = await journals.journal(this.#options.writer);
    const blobs = await journals.blobsToSend(this.#options.writer);
    return {
      bytes: journal === undefined ? 0 : Math.max(0, journal.sizeBytes - journal.sentBytes),
      blobs: blobs.length,
    };
  }

  async #run(): Promise<void> {
    const journals = await this.#options.journals;
    await this.#options.after;
    while (!this.#isStopped) {
      try {
        this.#hasNews = false;
        if (await this.#sendSome(journals)) return;
      } catch (error) {
        if (error instanceof Refused) return await this.#giveUp(journals, error);
        await this.#waitAfter(error);
      }
    }
  }

  /** One round; true where there is nothing more to come. */
  async #sendSome(journals: KeptJournals): Promise<boolean> {
    const journal = await journals.journal(this.#options.writer);
    if (journal === undefined) return await this.#rest(PAUSE_MS);
    // Asked for before the lines are read: what is kept by now, these name.
    const blobs = await journals.blobsToSend(journal.writer);
    const bytes = await journals.read(journal.writer, journal.sentBytes, PIECE_BYTES);
    if (bytes.length > 0) {
      await this.#post(journals, journal, bytes);
      // A page that logs all the time has always some more lines.
      if (bytes.length < PIECE_BYTES) await this.#sendBlobs(journals, blobs);
      if (this.#options.until === "whileOpen" && !journal.isClosed) await this.#pause(PAUSE_MS);
      return false;
    }
    if (await this.#sendBlobs(journals, blobs)) return false;
    if (journal.isClosed && journal.sentBytes >= journal.sizeBytes) {
      await journals.remove(journal.writer);
      return true;
    }
    if (this.#options.until === "once") return true;
    const isNews = await this.#wait(SIGN_EVERY_MS);
    if (!isNews && journal.sentBytes > 0) await this.#post(journals, journal, new Uint8Array());
    return false;
  }

  async #rest(pauseMs: number): Promise<boolean> {
    if (this.#options.until === "once") return true;
    await this.#wait(pauseMs);
    return false;
  }

  async #post(journals: KeptJournals, journal: KeptJournal, bytes: Uint8Array): Promise<void> {
    const { writer, projectKey, run, sentBytes } = journal;
    const path = [projectKey, run, writer].map(encodeURIComponent).join("/");
    const answer = await this.#ask("POST", `/api/v1/journals/${path}?offset=${sentBytes}`, bytes);
    const { size } = (answer.body ?? {}) as { readonly size?: unknown };
    const isTooMuch = typeof size === "number" && size > sentBytes + bytes.length;
    if (answer.status === 200 && bytes.length > 0 && isTooMuch) {
      throw new SendTrouble("away", "it answers as no trackio server does");
    }
    if ((answer.status === 200 || answer.status === 409) && typeof size === "number") {
      // More than is kept here: another page of this browser sent it meanwhile, or the end of it was lost here.
      if (size !== sentBytes) await journals.noteSent(writer, size);
      else if (bytes.length > 0) throw new SendTrouble("away", "it takes nothing");
      if (answer.status === 200) this.#onReady?.();
      return;
    }
    const isFinal =
      answer.status === 410 ||
      answer.status === 400 ||
      (answer.status === 404 && journal.mustExist);
    if (isFinal) throw new Refused(answer.status, answer.message ?? `it answers ${answer.status}`);
    throw new SendTrouble("away", `it answers ${answer.status}`);
  }

  /** False where there is none. */
  async #sendBlobs(journals: KeptJournals, hashes: readonly BlobHash[]): Promise<boolean> {
    const { writer, warn } = this.#options;
    if (hashes.length === 0) return false;
    const missing = await this.#findMissing(hashes);
    for (const hash of hashes) {
      const blob = missing.has(hash) ? await journals.blob(writer, hash) : undefined;
      if (blob !== undefined) {
        const path = `/api/v1/blobs/${hash}?state=${blob.state}`;
        const answer = await this.#ask("PUT", path, blob.bytes);
        // Anything else is of something that stands between: it is tried again.
        const isSaid = answer.status === 200 || answer.status === 400 || answer.status === 413;
        if (!isSaid) throw new SendTrouble("away", describe(answer));
        if (answer.status !== 200) {
          warn("blob", `the server does not take a picture or table (${describe(answer)}).`);
        }
      }
      await journals.removeBlob(writer, hash);
    }
    return true;
  }

  async #findMissing(hashes: readonly BlobHash[]): Promise<Set<string>> {
    const question = new TextEncoder().encode(JSON.stringify({ hashes }));
    const answer = await this.#ask("POST", "/api/v1/blobs/missing", question, true);
    const { missing } = (answer.body ?? {}) as { readonly missing?: unknown };
    if (answer.status === 200 && Array.isArray(missing)) return new Set(missing as string[]);
    throw new SendTrouble("away", describe(answer));
  }

  /** The line that carries one request carries the next, too: waiting begins anew. */
  async #ask(...request: Parameters<ServerRequests["ask"]>): Promise<PageAnswer> {
    const answer = await this.#options.server.ask(...request);
    this.#backOff.succeeded();
    return answer;
  }

  async #giveUp(journals: KeptJournals, refused: Refused): Promise<void> {
    this.#options.warn("refused", `the server does not take this run: ${refused.message}`);
    this.#onRefused?.(refused);
    // Of what was deleted there nothing is to be kept here; all else may be wanted.
    if (refused.status !== 410) return;
    await journals.remove(this.#options.writer).catch(() => {
      // The browser does not let go of it: the next page is told the same by the server.
    });
  }

  async #waitAfter(error: unknown): Promise<void> {
    const { warn, server } = this.#options;
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof SendTrouble)) {
      warn("kept", `what this browser keeps cannot be read (${message}); it is tried again.`);
    } else if (error.kind === "refused") {
      warn(
        "token",
        `${server.url} ${message}; nothing is lost, but nothing is sent either. Give the token of the link that \`trackio show\` prints there, in serverUrl (?write_token=…) or writeToken.`,
      );
    } else {
      warn(
        "away",
        `${server.url} cannot be reached (${message}${mixedContent(server.url)}); what is logged is kept in this browser and sent later.`,
      );
    }
    await this.#wait(this.#backOff.next());
  }

  /** Until there is news, for so long at most; whether there was some. */
  async #wait(limitMs: number): Promise<boolean> {
    if (!this.#hasNews && !this.#isStopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    return this.#hasNews;
  }

  async #pause(pauseMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Browsers do not say it themselves, but on their console. */
function mixedContent(serverUrl: string): string {
  const { location } = globalThis as { readonly location?: { readonly protocol?: string } };
  const { protocol, hostname } = new URL(serverUrl);
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  const isMixed = location?.protocol === "https:" && protocol === "http:" && !isHere;
  return isMixed
    ? "; a page that came by https reaches other machines by https only: put a proxy with TLS in front of the server"
    : "";
}

function describe({ status, message }: PageAnswer): string {
  return message ?? `it answers ${status}`;
}

/**
 * Requests to one server, over connections that stay open. `node:http` and not
 * `fetch`: beside a training script it takes 6 MB where that takes 40.
 */

import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Readable } from "node:stream";
import { SendTrouble } from "./send-trouble.ts";

/** A body that can be sent once more: bytes, a file, or what becomes JSON. */
export type RequestBody =
  | Uint8Array
  | { readonly sizeBytes: number; readonly open: () => Readable }
  | { readonly json: unknown };

export interface Answer {
  readonly status: number;
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
}

export interface ConnectionOptions {
  /** After so long without a byte in either direction a request has failed; 30,000 unless told. */
  readonly silenceLimitMs?: number;
}

const TOKEN_HEADER = "x-trackio-write-token";
/** Lines, blobs side by side, and a question. */
const MAX_SOCKETS = 6;
const MAX_ANSWER_BYTES = 1024 * 1024;

export class ServerConnection {
  readonly url: string;
  /** The write token; may be told anew. */
  token: string | undefined;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #request: typeof requestHttp;
  readonly #silenceLimitMs: number;

  /** @param url Without a slash at its end. */
  constructor(url: string, token: string | undefined, options: ConnectionOptions = {}) {
    const isSecure = url.startsWith("https:");
    const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS };
    this.url = url;
    this.token = token;
    this.#agent = isSecure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
    this.#request = isSecure ? requestHttps : requestHttp;
    this.#silenceLimitMs = options.silenceLimitMs ?? 30_000;
  }

  /**
   * The answer to a request that may be sent twice without harm.
   * @param path From the server's address on, e.g. `/api/v1/version`.
   * @throws {@link SendTrouble} where nobody answers, or not as a server does that is well.
   */
  async ask(method: "GET" | "POST" | "PUT", path: string, body?: RequestBody): Promise<Answer> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return judge(await this.#askOnce(method, path, body));
      } catch (error) {
        if (error instanceof SendTrouble) throw error;
        // A connection that was kept open may have been closed by the other side in the moment of its use.
        if (attempt === 0 && error instanceof ClosedUnused) continue;
        const reason = describe(error instanceof ClosedUnused ? error.cause : error);
        throw new SendTrouble("away", `it does not answer (${reason})`, { cause: error });
      }
    }
  }

  /** Ends connections that are open, and requests with them. */
  close(): void {
    this.#agent.destroy();
  }

  #askOnce(method: string, path: string, given: RequestBody | undefined): Promise<Answer> {
    const isJson = given !== undefined && "json" in given;
    const body = isJson ? Buffer.from(JSON.stringify(given.json)) : given;
    const sizeBytes = body === undefined ? 0 : "open" in body ? body.sizeBytes : body.length;
    return new Promise((resolve, reject) => {
      const request = this.#request(this.url + path, {
        method,
        agent: this.#agent,
        timeout: this.#silenceLimitMs,
        headers: {
          accept: "application/json",
          "content-type": isJson ? "application/json" : "application/octet-stream",
          "content-length": sizeBytes,
          ...(this.token === undefined ? {} : { [TOKEN_HEADER]: this.token }),
        },
      });
      let source: Readable | undefined;
      const fail = (error: unknown): void => {
        source?.destroy();
        request.destroy();
        reject(request.reusedSocket && isReset(error) ? new ClosedUnused(error) : error);
      };
      request.on("timeout", () => fail(new Error(`silent for ${this.#silenceLimitMs / 1_000} s`)));
      request.on("error", fail);
      request.on("response", (response) => {
        readAnswer(response).then((answer) => {
          // An answer that came before the end of the body says why the rest is not wanted.
          if (source?.readableEnded === false) request.destroy();
          source?.destroy();
          resolve(answer);
        }, fail);
      });
      if (body === undefined || !("open" in body)) {
        request.end(body);
        return;
      }
      source = body.open();
      source.on("error", (error) => fail(new SendTrouble("local", describe(error))));
      source.pipe(request);
    });
  }
}

/** Of a connection that served a request before; whether this one arrived is not known. */
class ClosedUnused extends Error {
  constructor(cause: unknown) {
    super("The connection was closed.", { cause });
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ANSWER_BYTES) throw new Error("its answer is too long");
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: parseJson(Buffer.concat(chunks).toString()) };
}

/** What every request may get as an answer instead of its own. */
function judge(answer: Answer): Answer {
  const { status } = answer;
  if (status === 401 || status === 403) {
    throw new SendTrouble("refused", "it does not take the write token of this script");
  }
  if (status === 413) throw new SendTrouble("too-large", "it takes no body as large as this one");
  if (status >= 300 && status < 400) {
    throw new SendTrouble("away", `it answers with another address (${status}); use that one`);
  }
  if (status >= 500 || status === 408 || status === 421 || status === 429) {
    const message = `it answers ${status}${reasonOf(answer)}`;
    throw new SendTrouble("away", message, { isAnswered: true });
  }
  return answer;
}

/** `: …`, what the server itself says of an error; empty where it says nothing. */
export function reasonOf({ body }: Answer): string {
  const message = (body as { readonly error?: { readonly message?: unknown } } | undefined)?.error
    ?.message;
  // A part of a sentence of ours.
  return typeof message === "string" ? `: ${message.slice(0, 300).replace(/\.$/, "")}` : "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of something that stands between us and the server.
    return undefined;
  }
}

function isReset(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ECONNRESET" || code === "EPIPE";
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message || String(error);
  const meaning = MEANINGS.find(([codes]) => codes.test(code))?.[1];
  return meaning === undefined ? code : `${code}: ${meaning}`;
}

/** What a person can do something about. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)$/, "it may speak http and not https"],
  [/^(ENOTFOUND|EAI_AGAIN)$/, "nobody knows that name"],
  [/CERT|UNABLE_TO_VERIFY/, "its certificate is not trusted here; NODE_EXTRA_CA_CERTS names more"],
];

/** Requests of a page to its server, with the token in a header and never with cookies. */

/** `refused`: the server does not let this page write; a person has to do something. */
export class SendTrouble extends Error {
  readonly kind: "away" | "refused";

  constructor(
    kind: SendTrouble["kind"],
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
    this.name = "SendTrouble";
    this.kind = kind;
  }
}

export interface PageAnswer {
  readonly status: number;
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
  /** What the server says of an error. */
  readonly message: string | undefined;
}

const SILENCE_LIMIT_MS = 60_000;

export class ServerRequests {
  /** Without a slash at its end. */
  readonly url: string;
  readonly #token: string | undefined;
  readonly #fetch: typeof fetch;

  constructor(url: string, token: string | undefined, fetchLike: typeof fetch = fetch) {
    this.url = url;
    this.#token = token;
    this.#fetch = fetchLike;
  }

  /** @throws {@link SendTrouble} where nobody answers, or not as a server does that is well. */
  async ask(
    method: "POST" | "PUT",
    path: string,
    bytes: Uint8Array,
    isJson = false,
  ): Promise<PageAnswer> {
    const answer = await this.#ask(method, path, bytes, isJson);
    const { status } = answer;
    if (status === 401 || status === 403) {
      throw new SendTrouble("refused", "does not take the write token of this page");
    }
    if (status >= 500 || status === 408 || status === 421 || status === 429) {
      throw new SendTrouble("away", answer.message ?? `it answers ${status}`);
    }
    return answer;
  }

  async #ask(
    method: string,
    path: string,
    bytes: Uint8Array,
    isJson: boolean,
  ): Promise<PageAnswer> {
    const fetchLike = this.#fetch;
    try {
      const response = await fetchLike(this.url + path, {
        method,
        body: bytes as Uint8Array<ArrayBuffer>,
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(SILENCE_LIMIT_MS),
        headers: {
          "content-type": isJson ? "application/json" : "application/octet-stream",
          ...(this.#token === undefined ? {} : { "x-trackio-write-token": this.#token }),
        },
      });
      const body = parseJson(await response.text());
      const { error } = (body ?? {}) as { readonly error?: { readonly message?: unknown } };
      const message = typeof error?.message === "string" ? error.message.slice(0, 300) : undefined;
      return { status: response.status, body, message };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SendTrouble("away", reason, { cause });
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of something that stands between us and the server.
    return undefined;
  }
}

/** What stands between a script and a server on a bad day: a proxy that fails in each way that a network and a server fail. */

import { once } from "node:events";
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { setTimeout as delay } from "node:timers/promises";

export type Fault =
  | "ok"
  /** 500, without asking the server. */
  | "error"
  /** The connection is cut before anything is passed on. */
  | "cut"
  /** Half of the body is passed on, then both connections are cut. */
  | "cut midway"
  /** The server has it all and answers, but the answer does not arrive. */
  | "lost answer"
  /** Passed on 5 s late. */
  | "late";

const LATE_MS = 5_000;

export class FaultProxy implements AsyncDisposable {
  readonly url: string;
  /** How often each has struck. */
  readonly struck = new Map<Fault, number>();
  /** `PUT /api/…` of every request that came, in order. */
  readonly requests: string[] = [];
  readonly #target: URL;
  readonly #plan: readonly Fault[];
  readonly #server = createServer((incoming, answer) => void this.#handle(incoming, answer));
  #writes = 0;
  #isOver = false;

  private constructor(target: string, port: number, plan: readonly Fault[]) {
    this.#target = new URL(target);
    this.#plan = plan;
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * @param plan What happens to the first, second, … writing request; after the last one it begins anew. What only
   * asks always passes: a client that cannot begin is not what is tested.
   */
  static async start(target: string, plan: readonly Fault[], port: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, port, plan);
    proxy.#server.listen(port, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** From now on all goes well. */
  relent(): void {
    this.#isOver = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #nextFault({ method, url }: IncomingMessage): Fault {
    const isWrite = method !== "GET" && !url?.startsWith("/api/get_");
    if (!isWrite || this.#isOver) return "ok";
    const fault = this.#plan[this.#writes++ % this.#plan.length] ?? "ok";
    this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1);
    return fault;
  }

  async #handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.requests.push(`${incoming.method} ${incoming.url}`);
    const fault = this.#nextFault(incoming);
    try {
      const body = await readAll(incoming);
      if (fault === "cut") return void incoming.socket.destroy();
      if (fault === "error") return void answer.writeHead(500).end('{"error":"a fault"}');
      if (fault === "late") await delay(LATE_MS);
      const onward = this.#openOnward(incoming);
      if (fault === "cut midway") {
        onward.on("error", () => undefined);
        onward.write(body.subarray(0, body.length >> 1), () => {
          onward.destroy();
          incoming.socket.destroy();
        });
        return;
      }
      onward.end(body);
      const [reply] = (await once(onward, "response")) as [IncomingMessage];
      const replyBody = await readAll(reply);
      if (fault === "lost answer") return void incoming.socket.destroy();
      const { "transfer-encoding": _, connection: __, ...headers } = reply.headers;
      answer.writeHead(reply.statusCode ?? 502, headers).end(replyBody);
    } catch {
      // The script or the server is gone: the other one is told by a cut connection, as it would be without a proxy.
      incoming.socket.destroy();
    }
  }

  #openOnward({ method, url, headers }: IncomingMessage): ClientRequest {
    const { hostname, port } = this.#target;
    // The length stays: half of a body is then seen to be half.
    return request({
      hostname,
      port,
      method,
      path: url,
      headers: { ...headers, host: this.#target.host },
      agent: false,
    });
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

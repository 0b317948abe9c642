import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One keep-alive connection that sends requests one after the other and reads as much of the answers as it must. */
export class BatchConnection {
  readonly #socket: Socket;
  #answer = "";
  #waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#read(text));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("The server closed the connection.")));
  }

  static async open(url: string): Promise<BatchConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, "connect");
    return new BatchConnection(socket);
  }

  /** Sends one request; resolves when its answer is there. @throws where it is not 200. */
  send(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#answer += text;
    const headEnd = this.#answer.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#answer.slice(0, headEnd))?.[1];
    const isWhole =
      length === undefined
        ? this.#answer.endsWith("0\r\n\r\n")
        : this.#answer.length >= headEnd + 4 + Number(length);
    if (!isWhole) return;
    const answer = this.#answer;
    this.#answer = "";
    if (answer.startsWith("HTTP/1.1 200")) this.#waiting?.resolve();
    else this.#waiting?.reject(new Error(`The server answered: ${answer.slice(0, 500)}`));
  }
}

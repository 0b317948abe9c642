/** Requests as no client would make them, byte by byte. */

import { once } from "node:events";
import { connect } from "node:net";

/** What the server at `port` answers to `bytes`, until it closes the connection; 5 s at most. */
export async function askRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const pieces: Buffer[] = [];
  socket.on("data", (piece) => pieces.push(piece));
  // A server that refuses in the middle of what is sent resets the connection.
  socket.on("error", () => undefined);
  socket.setTimeout(5_000, () => socket.destroy());
  socket.write(Buffer.from(bytes, "latin1"));
  await once(socket, "close");
  return Buffer.concat(pieces).toString("latin1");
}

/** One request, after whose answer the connection is closed. */
export function rawRequest(
  line: string,
  headers: { readonly [name: string]: string } = {},
  body = "",
): string {
  const all = { host: "localhost", connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

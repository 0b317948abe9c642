import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { ServerConnection } from "./server-connection.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const open: (() => void)[] = [];

afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function serve(handler: Handler): Promise<{ server: Server; connection: ServerConnection }> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    handler(request, response, Buffer.concat(pieces));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connection = new ServerConnection(`http://127.0.0.1:${port}/prefix`, "secret", {
    silenceLimitMs: 500,
  });
  open.push(() => {
    connection.close();
    server.closeAllConnections();
    server.close();
  });
  return { server, connection };
}

test("bytes, files and JSON arrive, below the server's own path, with the token in the header", async () => {
  const seen: unknown[] = [];
  const { connection } = await serve(({ method, url, headers }, response, body) => {
    const { "content-type": type, "x-trackio-write-token": token } = headers;
    seen.push([method, url, type, token, body.toString()]);
    response.end('{"size":3}');
  });
  const answers = [
    await connection.ask("POST", "/a?offset=1", Buffer.from("bytes")),
    await connection.ask("POST", "/b", { json: { a: 1 } }),
    await connection.ask("PUT", "/c", { sizeBytes: 4, open: () => Readable.from(["fi", "le"]) }),
    await connection.ask("GET", "/d"),
  ];
  for (const answer of answers) expect(answer).toEqual({ status: 200, body: { size: 3 } });
  const [octets, json] = ["application/octet-stream", "application/json"];
  expect(seen).toEqual([
    ["POST", "/prefix/a?offset=1", octets, "secret", "bytes"],
    ["POST", "/prefix/b", json, "secret", '{"a":1}'],
    ["PUT", "/prefix/c", octets, "secret", "file"],
    ["GET", "/prefix/d", octets, "secret", ""],
  ]);
});

test.each([
  [401, "refused"],
  [403, "refused"],
  [413, "too-large"],
  [500, "away"],
  [503, "away"],
  [429, "away"],
  [302, "away"],
])("%i is trouble of the kind %s", async (status, kind) => {
  const { connection } = await serve((_, response) => response.writeHead(status).end("no"));
  await expect(connection.ask("GET", "/")).rejects.toMatchObject({ kind });
});

test("what else a server says is an answer", async () => {
  const { connection } = await serve((_, response) => {
    response.writeHead(409).end('{"size":7,"error":{"code":"conflict","message":"x"}}');
  });
  expect(await connection.ask("POST", "/", Buffer.from("x"))).toMatchObject({
    status: 409,
    body: { size: 7 },
  });
});

test("silence is trouble after a while, and so is nobody", async () => {
  const { connection } = await serve(() => undefined);
  await expect(connection.ask("GET", "/")).rejects.toMatchObject({
    kind: "away",
    message: expect.stringContaining("silent"),
  });
  const nobody = new ServerConnection("http://127.0.0.1:9", undefined);
  await expect(nobody.ask("GET", "/")).rejects.toThrow("ECONNREFUSED");
});

test("a connection that the server closed in the moment of its use is opened anew", async () => {
  let isFirst = true;
  let count = 0;
  const { connection } = await serve((request, response) => {
    count += 1;
    if (count === 2 && isFirst) {
      isFirst = false;
      request.socket.destroy();
      return;
    }
    response.end("{}");
  });
  await connection.ask("POST", "/", Buffer.from("a"));
  expect(await connection.ask("POST", "/", Buffer.from("b"))).toMatchObject({ status: 200 });
  expect(count).toBe(3);
});

test("a file that cannot be read is trouble of this machine", async () => {
  const { connection } = await serve((_, response) => response.end("{}"));
  const broken = () =>
    new Readable({
      read() {
        this.destroy(new Error("gone"));
      },
    });
  await expect(connection.ask("PUT", "/", { sizeBytes: 4, open: broken })).rejects.toMatchObject({
    kind: "local",
  });
});

test("an address with the wrong scheme or name is told as such", async () => {
  const { connection } = await serve((_, response) => response.end());
  const secure = new ServerConnection(connection.url.replace("http:", "https:"), undefined);
  await expect(secure.ask("GET", "/")).rejects.toThrow(/it may speak http and not https/);
  const unknown = new ServerConnection("http://nobody.invalid", undefined);
  await expect(unknown.ask("GET", "/")).rejects.toThrow(/nobody knows that name/);
});

import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LiveFeed } from "./live-feed.ts";
import { streamEvents } from "./stream-events.ts";

let feed: LiveFeed;
let http: Server;

beforeEach(async () => {
  feed = new LiveFeed();
  const fetch = () => new Response(streamEvents(feed.subscribe({})));
  http = createAdaptorServer({ fetch }) as Server;
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
});

afterEach(async () => {
  feed.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

async function open(): Promise<Socket> {
  const socket = connect((http.address() as AddressInfo).port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await until(() => feed.size > 0);
  return socket;
}

/** Waits until `isSo`, for 10 s at most. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("a page that goes away is forgotten", async () => {
  const socket = await open();
  socket.destroy();
  await until(() => feed.size === 0);
});

test("a page that stops reading costs no memory, and hears all that it missed when it reads on", async () => {
  const socket = await open();
  socket.pause();
  const names = Array.from({ length: 900 }, (_, i) => `run-${i}-${"x".repeat(100)}`);
  const changes = names.map((id) => ({ id, step: 0, newKeys: false, facts: true }));
  // Far more than the buffers of the sockets hold, were it sent event by event.
  for (let i = 0; i < 2_000; i++) feed.publish("vision", changes);
  feed.publish("vision", [{ id: "last", newKeys: false, facts: true }]);
  let text = "";
  let bytes = 0;
  socket.on("data", (chunk) => {
    bytes += chunk.length;
    text = (text + chunk).slice(-1_000);
  });
  socket.resume();
  await until(() => text.includes('"last"'));
  expect(bytes).toBeLessThan(20 * JSON.stringify(changes).length);
  socket.destroy();
});

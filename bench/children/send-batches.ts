/**
 * Loads a server with batches of Trackio clients. Argument: {@link Load} as
 * JSON. Sends `"ready"` when all bodies are made and, where the load is planned,
 * each client's run is there; begins when it gets a message, and sends
 * {@link LoadResult} at the end.
 */

import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { BatchConnection } from "./batch-connection.ts";
import { makeBatchRequests } from "./batch-requests.ts";

export interface Load {
  readonly url: string;
  readonly token: string;
  readonly project: string;
  /** Each is a run of its own. */
  readonly connections: number;
  readonly entries: number;
  readonly scalars: number;
  /** Batches that are made; the load ends when all are sent, or with `seconds`. */
  readonly batches: number;
  readonly seconds: number;
  /** Of all connections together; absent: each as fast as it is answered. */
  readonly batchesPerSecond?: number;
}

/** Milliseconds from the planned moment of sending to the answer; where there is no plan, from sending. */
export interface LoadResult {
  readonly batches: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const load: Load = JSON.parse(process.argv[2]!);
const isPlanned = load.batchesPerSecond !== undefined;
// Of a planned load the first batch of each client begins its run, before the time that counts.
const perConnection = Math.ceil(load.batches / load.connections) + (isPlanned ? 1 : 0);
const requests = Array.from({ length: load.connections }, (_, i) =>
  makeBatchRequests({ ...load, run: `run-${i}` }, perConnection),
);
const connections = await Promise.all(requests.map(() => BatchConnection.open(load.url)));
if (isPlanned) await Promise.all(connections.map((one, i) => one.send(requests[i]!.shift()!)));
const latencies: number[] = [];
process.send!("ready");
await once(process, "message");

const beganAt = performance.now();
await Promise.all(
  connections.map((connection, i) =>
    load.batchesPerSecond === undefined
      ? sendAtOnce(connection, requests[i]!)
      : sendAsPlanned(connection, requests[i]!, i, load.batchesPerSecond),
  ),
);
const seconds = (performance.now() - beganAt) / 1000;
for (const connection of connections) connection.close();
latencies.sort((a, b) => a - b);
const result: LoadResult = {
  batches: latencies.length,
  seconds,
  p50Ms: quantile(0.5),
  p99Ms: quantile(0.99),
  maxMs: quantile(1),
};
process.send!(result, () => process.exit(0));

async function sendAtOnce(connection: BatchConnection, requests: readonly Buffer[]): Promise<void> {
  const until = beganAt + load.seconds * 1000;
  for (const request of requests) {
    const sentAt = performance.now();
    if (sentAt > until) return;
    await connection.send(request);
    latencies.push(performance.now() - sentAt);
  }
}

/** A batch that has to wait for the answer to the one before it waits on its own account: clients do not slow down because the server does. */
async function sendAsPlanned(
  connection: BatchConnection,
  requests: readonly Buffer[],
  place: number,
  batchesPerSecond: number,
): Promise<void> {
  const intervalMs = 1000 / batchesPerSecond;
  for (const [number, request] of requests.entries()) {
    const plannedAt = beganAt + (number * load.connections + place) * intervalMs;
    if (plannedAt > beganAt + load.seconds * 1000) return;
    await untilTime(plannedAt);
    await connection.send(request);
    latencies.push(performance.now() - plannedAt);
  }
}

/** Never early: a timer alone may fire a part of a millisecond before its time. */
async function untilTime(timeMs: number): Promise<void> {
  for (;;) {
    const earlyMs = timeMs - performance.now();
    if (earlyMs <= 0) return;
    await delay(Math.ceil(earlyMs));
  }
}

function quantile(q: number): number {
  return latencies[Math.ceil(q * latencies.length) - 1] ?? Number.NaN;
}

/** A socket for the server: the port that was asked for, or the first free one of a hundred. */

import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { TrackioError } from "../protocol/errors.ts";

export const DEFAULT_PORT = 7860;
const PORTS_TRIED = 100;

/**
 * Listens at `host`; which port it is, is told.
 * @param port Exactly this one, 0 for any free one; undefined: 7860 or the next free one.
 * @throws {@link TrackioError} `unavailable` where the port is taken, or may not be had.
 */
export async function listen(server: Server, host: string, port?: number): Promise<number> {
  if (port !== undefined) {
    const failure = await tryPort(server, host, port);
    if (failure !== undefined) throw refusal(host, port, failure);
    return (server.address() as AddressInfo).port;
  }
  for (let candidate = DEFAULT_PORT; candidate < DEFAULT_PORT + PORTS_TRIED; candidate++) {
    const failure = await tryPort(server, host, candidate);
    if (failure === undefined) return candidate;
    if (failure.code !== "EADDRINUSE" && failure.code !== "EACCES") {
      throw refusal(host, candidate, failure);
    }
  }
  throw new TrackioError(
    "unavailable",
    `All ports from ${DEFAULT_PORT} to ${DEFAULT_PORT + PORTS_TRIED - 1} are taken at ${host}; name a free one with --port.`,
  );
}

/** The link to a server; one that listens everywhere is called by its own machine's address. */
export function urlOf(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}

async function tryPort(
  server: Server,
  host: string,
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  server.listen(port, host);
  try {
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function refusal(host: string, port: number, cause: NodeJS.ErrnoException): TrackioError {
  const what = `Cannot listen at ${host} port ${port}`;
  switch (cause.code) {
    case "EADDRINUSE":
      return new TrackioError(
        "unavailable",
        `${what}: another program is there; choose another port, or none for the next free one.`,
        { cause },
      );
    case "EACCES":
      return new TrackioError(
        "unavailable",
        `${what}: it is not for this user; choose a port from 1024 on.`,
        { cause },
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new TrackioError(
        "unavailable",
        `${what}: this machine has no such address; use 127.0.0.1, or 0.0.0.0 for all.`,
        { cause },
      );
    default:
      return new TrackioError("unavailable", `${what}: ${cause.message}.`, { cause });
  }
}

/**
 * Is the process that writes a journal still there? On the same host the
 * process table knows: a pid alone may have been given again, a pid with its
 * start time cannot. From another host, or another container of this one, only
 * signs are seen: the journal's heartbeat, or a line.
 */

import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Writer } from "../protocol/run.ts";

/** How long a writer may be silent before it is taken for gone, where nothing else is known. A sign comes every 30 s. */
export const SILENCE_LIMIT_MS = 5 * 60_000;

/** How often a living writer gives a sign: the modification time of its journal. */
export const SIGN_INTERVAL_MS = 30_000;

/** This process as a journal's header names it. */
export function currentWriterProcess(): Omit<Writer, "id"> {
  const pidStart = ownPidStart();
  return {
    host: hostname(),
    pid: process.pid,
    ...(pidStart === undefined ? {} : { pidStart }),
  };
}

/**
 * Whether the writer's process lives. On this host its pid and start time
 * decide; elsewhere, also in a container that shares this host's name but has
 * pids of its own, a sign within the last 5 minutes.
 * @param lastSignMs Newest of the journal's modification time and its last line's time, epoch milliseconds.
 */
export function isWriterAlive(
  writer: Omit<Writer, "id">,
  lastSignMs: number,
  nowMs: number,
): boolean {
  const recent = nowMs - lastSignMs <= SILENCE_LIMIT_MS;
  if (writer.host !== hostname() || hasOtherPids(writer.pidStart)) return recent;
  if (!isPidTaken(writer.pid)) return false;
  if (writer.pidStart === undefined) return recent;
  // A server writes many journals itself.
  const start = writer.pid === process.pid ? ownPidStart() : readPidStart(writer.pid);
  return start === writer.pidStart;
}

function isPidTaken(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is such a process, of another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process of this boot counts its pids in another place than this one: a container. */
function hasOtherPids(pidStart: string | undefined): boolean {
  const [boot, pids] = (pidStart?.split("@")[1] ?? "").split("/");
  const [ownBoot, ownPids] = readPidPlace().split("/");
  return pids !== undefined && boot === ownBoot && pids !== ownPids;
}

let pidPlace: string | undefined;

/** What gives a pid its meaning: the boot's id and the number of the pid namespace; empty where the system does not tell. */
function readPidPlace(): string {
  try {
    pidPlace ??= [
      readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
      readlinkSync("/proc/self/ns/pid").replaceAll(/\D/g, ""),
    ].join("/");
  } catch {
    pidPlace = "";
  }
  return pidPlace;
}

let ownStart: { readonly pidStart: string | undefined } | undefined;

function ownPidStart(): string | undefined {
  ownStart ??= { pidStart: readPidStart(process.pid) };
  return ownStart.pidStart;
}

/** Start of a process: ticks since boot, `@`, the place of its pid; undefined where the system does not tell or there is none. */
function readPidStart(pid: number): string | undefined {
  if (readPidPlace() === "") return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in brackets may hold blanks and brackets; what follows the last one is field 3.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie is gone: it only waits for its parent.
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return fields[19] === undefined ? undefined : `${fields[19]}@${readPidPlace()}`;
  } catch {
    // Gone, or a system without /proc: then nobody can tell.
    return undefined;
  }
}

/**
 * Queries in SQL, each project in a process of its own: a query may run for ever,
 * and the only way to stop it is to end its process. One that has answered is
 * kept for a while, since it has the project's tables.
 */

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { TrackioError } from "../../../protocol/errors.ts";
import { type AnswerBytes, errorOf, type QueryQuestion } from "../../reading/question.ts";
import type { QueryNews } from "./query-thread.ts";

export interface QueryLimits {
  /** For the tables of a large project; 5 minutes unless told. */
  readonly prepareMs?: number;
  /** For the query itself; 30 s unless told. */
  readonly queryMs?: number;
  /** A process goes when nobody asked for so long; a minute unless told. */
  readonly idleMs?: number;
}

/** Projects whose tables are kept at once. */
const MAX_PROCESSES = 2;
/** Queries that may wait; one more is refused. */
const MAX_WAITING = 50;

interface Waiting {
  readonly question: QueryQuestion;
  readonly resolve: (bytes: AnswerBytes) => void;
  readonly reject: (error: unknown) => void;
}

/** A process, and what it was asked. */
interface Asked {
  readonly child: ChildProcess;
  readonly project: string;
  current: Waiting | undefined;
  timer: NodeJS.Timeout | undefined;
}

export class ProjectQueries {
  readonly #root: string;
  readonly #limits: Required<QueryLimits>;
  /** The one that has answered last is the last. */
  #asked: Asked[] = [];
  #waiting: Waiting[] = [];
  #isClosed = false;

  /** @param root The data folder; its store must be there. */
  constructor(
    root: string,
    { prepareMs = 300_000, queryMs = 30_000, idleMs = 60_000 }: QueryLimits = {},
  ) {
    this.#root = root;
    this.#limits = { prepareMs, queryMs, idleMs };
  }

  /**
   * The answer's JSON text.
   * @throws {@link TrackioError} what is wrong with the query, in SQLite's words; `busy` where too many wait, or it takes too long.
   */
  ask(question: QueryQuestion, signal?: AbortSignal): Promise<AnswerBytes> {
    if (this.#isClosed) return Promise.reject(closing());
    if (this.#waiting.length >= MAX_WAITING) {
      const message = `${MAX_WAITING} queries are waiting already; try again soon.`;
      return Promise.reject(new TrackioError("busy", message));
    }
    return new Promise((resolve, reject) => {
      const waiting = { question, resolve, reject };
      this.#waiting.push(waiting);
      signal?.addEventListener("abort", () => this.#drop(waiting, signal.reason), { once: true });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(closing());
    await Promise.all(this.#asked.map((asked) => this.#end(asked, closing())));
  }

  /** Where nobody waits for the answer any more, its process ends. */
  #drop(waiting: Waiting, reason: unknown): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    const asked = this.#asked.find(({ current }) => current === waiting);
    if (asked !== undefined) void this.#end(asked, reason);
    else waiting.reject(reason);
  }

  #next(): void {
    for (const waiting of [...this.#waiting]) {
      const asked = this.#processFor(waiting.question.project);
      if (asked === undefined) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      asked.current = waiting;
      this.#limit(asked, this.#limits.prepareMs, "to read the project");
      asked.child.send(waiting.question);
    }
  }

  /** That of the project; else a new one, if need be in place of one that has nothing to do. Undefined: wait. */
  #processFor(project: string): Asked | undefined {
    const known = this.#asked.find((asked) => asked.project === project);
    if (known !== undefined) return known.current === undefined ? known : undefined;
    if (this.#asked.length < MAX_PROCESSES) return this.#start(project);
    const idle = this.#asked.find(({ current }) => current === undefined);
    if (idle === undefined) return undefined;
    void this.#end(idle, closing());
    return this.#start(project);
  }

  #start(project: string): Asked {
    const file = import.meta.url.endsWith(".ts") ? "./query-process.ts" : "./query-process.js";
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [this.#root], {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const asked: Asked = { child, project, current: undefined, timer: undefined };
    this.#asked.push(asked);
    child.on("message", (news) => this.#take(asked, news as QueryNews));
    child.on("error", (error) => void this.#end(asked, error));
    child.on("exit", () => void this.#end(asked, new Error("The query's process ended.")));
    return asked;
  }

  #take(asked: Asked, news: QueryNews): void {
    // It may have been given up meanwhile.
    const { current } = asked;
    if (current === undefined) return;
    if (news === "prepared") {
      this.#limit(asked, this.#limits.queryMs, "to answer");
      return;
    }
    asked.current = undefined;
    clearTimeout(asked.timer);
    asked.timer = setTimeout(() => void this.#end(asked, closing()), this.#limits.idleMs);
    asked.timer.unref();
    this.#asked = [...this.#asked.filter((other) => other !== asked), asked];
    if ("bytes" in news) current.resolve(news.bytes);
    else current.reject(errorOf(news.refusal));
    this.#next();
  }

  #limit(asked: Asked, limitMs: number, what: string): void {
    clearTimeout(asked.timer);
    asked.timer = setTimeout(() => {
      const message = `The query took more than ${limitMs / 1000} s ${what}; ask for less.`;
      void this.#end(asked, new TrackioError("busy", message));
    }, limitMs);
  }

  async #end(asked: Asked, reason: unknown): Promise<void> {
    if (!this.#asked.includes(asked)) return;
    this.#asked = this.#asked.filter((other) => other !== asked);
    clearTimeout(asked.timer);
    asked.current?.reject(reason);
    asked.current = undefined;
    const { child } = asked;
    const isOver = child.exitCode !== null || child.signalCode !== null;
    const ended = isOver ? undefined : new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    // Not at once: whoever has it ended may be about to begin another in its place.
    if (!this.#isClosed) queueMicrotask(() => this.#next());
    await ended;
  }
}

function closing(): TrackioError {
  return new TrackioError("unavailable", "The server is closing; ask again.");
}

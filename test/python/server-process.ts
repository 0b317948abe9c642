/** A server in a process of its own, to be asked by scripts, killed, and started again at the same address. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const START_TIMEOUT_MS = 60_000;

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly token = "a-token-of-the-tests";
  /** Its data folder. */
  readonly dir: string;
  /** All that it has said, of every start. */
  said = "";
  readonly #home: string;
  readonly #makeCommand: (server: ServerProcess) => ServerCommand;
  #child: ChildProcess | undefined;
  #closed: Promise<unknown> = Promise.resolve();

  /** @param makeCommand How it is started; asked again at each start. */
  constructor(port: number, makeCommand: (server: ServerProcess) => ServerCommand) {
    this.url = `http://127.0.0.1:${port}`;
    this.#home = mkdtempSync(join(tmpdir(), "trackio-server-"));
    this.dir = join(this.#home, "data");
    this.#makeCommand = makeCommand;
  }

  /** What a Trackio client needs to log here. */
  get env(): { TRACKIO_SERVER_URL: string; TRACKIO_WRITE_TOKEN: string } {
    return { TRACKIO_SERVER_URL: this.url, TRACKIO_WRITE_TOKEN: this.token };
  }

  /** Its id while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it; returns once it answers. */
  async start(): Promise<this> {
    const { command, args, env } = this.#makeCommand(this);
    // stdin stays open: where we end, it sees the end of it.
    const child = spawn(command, args, { cwd: this.#home, env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    this.#closed = once(child, "close");
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.said += text;
      });
    }
    const until = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > until) {
        await this.kill();
        throw new Error(`The server did not start: ${this.said.slice(-3_000)}`);
      }
      await delay(25);
    }
    return this;
  }

  /** Ends it; resolves once it is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.#child?.kill(signal);
    await this.#closed;
    this.#child = undefined;
  }

  /** Calls one function of the Trackio protocol with named arguments. Resolves to its `data`. */
  async call<T>(name: string, args: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/api/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Trackio-Write-Token": this.token },
      body: JSON.stringify(args),
    });
    const answer = (await response.json()) as { readonly data?: T; readonly error?: string };
    if (!response.ok) throw new Error(`${name}: ${response.status} ${answer.error}`);
    return answer.data as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/version`, { signal: AbortSignal.timeout(5_000) })).ok;
    } catch {
      // It does not listen yet, or ended: the caller looks at that.
      return false;
    }
  }
}

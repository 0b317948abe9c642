import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { LoggedFolder } from "../testing/logged-folder.ts";

/** `trackio show` in a process of its own: signals are for whole processes. */
class ShowProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly ended: Promise<unknown[]>;
  printed = "";
  notes = "";

  constructor(dir: string, args: readonly string[]) {
    const main = JSON.stringify(new URL("../main.ts", import.meta.url));
    const script = `import(${main}).then(({ main }) => main(process.argv.slice(1)))`;
    this.#child = spawn(process.execPath, ["--eval", script, "show", "--no-open", ...args], {
      env: { ...process.env, TRACKIO_DIR: dir },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.ended = once(this.#child, "close");
    this.#child.stdout?.on("data", (text) => {
      this.printed += text;
    });
    this.#child.stderr?.on("data", (text) => {
      this.notes += text;
    });
  }

  /** The link, once it is printed. */
  async link(): Promise<string> {
    for (;;) {
      const link = /http:\/\/\S+(?=\s)/.exec(this.printed)?.[0];
      if (link !== undefined) return link;
      await Promise.race([once(this.#child.stdout!, "data"), this.ended.then(() => this.#fail())]);
    }
  }

  /** What `pattern` finds in the notes, once it is there. */
  async noted(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.notes)?.[1];
      if (found !== undefined) return found;
      await Promise.race([once(this.#child.stderr!, "data"), this.ended.then(() => this.#fail())]);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended;
  }

  #fail(): never {
    throw new Error(`trackio show ended without a link: ${this.notes}`);
  }
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "prints a link that answers, says where the data is, and ends with 0 by %s",
  async (signal) => {
    using folder = new LoggedFolder();
    await using show = new ShowProcess(folder.dir, ["--port", "0", "--project", "mnist"]);
    const link = await show.link();
    expect(show.printed).toMatch(
      /^Dashboard: http:\/\/127\.0\.0\.1:\d+\/\?project=mnist&write_token=[\w-]{43}\n$/,
    );
    expect((await fetch(new URL("/api/v1/projects", link))).status).toBe(200);
    show.kill(signal);
    expect(await show.ended).toEqual([0, null]);
    expect(show.notes).toContain(`Data: ${folder.dir}.`);
  },
);

test("with --read-token the link opens all, another one reads, and nothing else does", async () => {
  using folder = new LoggedFolder();
  await using show = new ShowProcess(folder.dir, ["--port", "0", "--read-token"]);
  const link = await show.link();
  const readLink = await show.noted(/To read only: (\S+)/);
  const api = new URL("/api/v1/projects", link);
  expect((await fetch(api)).status).toBe(403);
  for (const opening of [link, readLink]) {
    const { search } = new URL(opening);
    expect((await fetch(`${api}${search}`)).status).toBe(200);
  }
});

test("who listens to the network is told that it may read", async () => {
  using folder = new LoggedFolder();
  await using show = new ShowProcess(folder.dir, ["--port", "0", "--host", "0.0.0.0"]);
  expect(await show.noted(/over the network may (\w+)/)).toBe("read");
});

test("a port that is taken is told in a sentence", async () => {
  using folder = new LoggedFolder();
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  try {
    const address = other.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await using show = new ShowProcess(folder.dir, ["--port", String(port)]);
    expect(await show.ended).toEqual([1, null]);
    expect(show.notes).toContain(`port ${port}: another program is there`);
    expect(show.notes.trim().split("\n")).toHaveLength(1);
  } finally {
    other.close();
  }
});

test("two different data folders at once are bad usage", async () => {
  using folder = new LoggedFolder();
  const { exitCode, notes } = await folder.trackio(["show", "here", "--dir", "there"]);
  expect(exitCode).toBe(2);
  expect(notes).toMatch(/^Both 'here' and --dir 'there' name a data folder; give one of them\.\n$/);
});

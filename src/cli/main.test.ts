import { expect, test } from "vitest";
import { runCommandLine } from "./main.ts";
import { LoggedFolder } from "./testing/logged-folder.ts";
import { RecordingTerminal } from "./testing/recording-terminal.ts";

test("help is an answer, also where nothing was asked", async () => {
  using folder = new LoggedFolder();
  for (const args of [["--help"], []]) {
    const { exitCode, printed, notes } = await folder.trackio(args);
    expect(exitCode).toBe(0);
    expect(notes).toBe("");
    for (const command of ["show", "list", "get", "export", "delete", "status"]) {
      expect(printed).toMatch(new RegExp(`^ {2}${command} `, "m"));
    }
  }
});

test("--version tells name and version", async () => {
  using folder = new LoggedFolder();
  expect((await folder.trackio(["--version"])).printed).toMatch(/^trackio \d+\.\d+\.\d+\n$/);
});

test("a fault of the program itself is a sentence, never a stack; TRACKIO_DEBUG=1 shows the stack", async () => {
  using folder = new LoggedFolder();
  const faulty = (env: NodeJS.ProcessEnv) => {
    const terminal = new RecordingTerminal({ env: { TRACKIO_DIR: folder.dir, ...env }, time: 0 });
    return Object.assign(terminal, { print: () => Promise.reject(new TypeError("x is no y")) });
  };
  const terminal = faulty({});
  expect(await runCommandLine(["list", "projects", "--json"], terminal)).toBe(1);
  expect(terminal.notes).toBe("trackio failed: x is no y (TRACKIO_DEBUG=1 shows where).\n");
  const debugged = runCommandLine(["list", "projects", "--json"], faulty({ TRACKIO_DEBUG: "1" }));
  await expect(debugged).rejects.toThrow(TypeError);
});

test.each([
  [["lst"], "Unknown command 'lst'\n(Did you mean list?)"],
  [["list", "run"], "Unknown command 'run'\n(Did you mean runs?)"],
  [["list", "runs", "--projct", "x"], "Unknown option '--projct'\n(Did you mean --project?)"],
  [["get", "run"], "Required option '--run <name>' not specified"],
  [["get", "metric", "--run", "a"], "Required option '--metric <name>' not specified"],
  [["show", "--port", "99999"], "Give a number from 1 to 65535"],
  [["export", "--format", "xml"], "Allowed choices are csv, jsonl."],
])("bad usage is exit code 2 and a sentence: %s", async (args, sentence) => {
  using folder = new LoggedFolder();
  const { exitCode, printed, notes } = await folder.trackio(args);
  expect(exitCode).toBe(2);
  expect(printed).toBe("");
  expect(notes).toContain(sentence);
});

test.each([
  [["list", "alerts", "--project", "x"], "trackio --space http://127.0.0.1:7860 list alerts …"],
  [
    ["get", "trace-summary", "--project", "x"],
    "trackio --space http://127.0.0.1:7860 get trace-summary …",
  ],
  [
    ["query", "project", "--sql", "select 1"],
    "trackio --space http://127.0.0.1:7860 query project …",
  ],
  [
    ["--space", "http://127.0.0.1:7860", "get", "snapshot"],
    "'get snapshot' is asked of a running dashboard",
  ],
  [["--space", "http://127.0.0.1:7860", "list", "projects"], "this one reads a data folder"],
  [["list", "projects", "--space=http://127.0.0.1:7860"], "this one reads a data folder"],
  [["freeze", "--space-id", "a/b"], "'freeze' is there in Trackio for Python alone"],
  [["logbook", "open"], "'logbook' is there in Trackio for Python alone"],
  [["show", "registry"], "A folder of that name is './registry'."],
  [
    ["show", "--theme", "dark"],
    "There is no '--theme' here: the page has a button for light and dark",
  ],
  [["show", "--no-footer"], "There is no '--no-footer' here"],
  [["sync", "--project", "x"], "To a Space only Trackio for Python syncs."],
])(
  "what Trackio for Python has and this one has not is one sentence: %s",
  async (args, sentence) => {
    using folder = new LoggedFolder();
    const { exitCode, printed, notes } = await folder.trackio(args);
    expect(exitCode).toBe(2);
    expect(printed).toBe("");
    expect(notes).toContain(sentence);
    expect(notes.match(/\n/g)).toHaveLength(1);
  },
);

test("a name that is a word of Python's is only a name", async () => {
  using folder = new LoggedFolder();
  const { notes } = await folder.trackio(["list", "runs", "--project", "alerts"]);
  expect(notes).toContain("No project 'alerts'");
});

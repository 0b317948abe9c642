import { expect, test } from "vitest";
import { LoggedFolder } from "./testing/logged-folder.ts";

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

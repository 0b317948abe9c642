import { existsSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listJournals, removeJournal } from "./list-journals.ts";
import { isToBeSent, readRemoteMark, remoteMarkFile, writeRemoteMark } from "./remote-mark.ts";
import { beginJournal } from "./testing/begin-journal.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

test("a mark comes back as it was written, and is no journal", () => {
  const folder = temporaryFolder();
  const { path } = beginJournal(folder);
  expect(readRemoteMark(path)).toBeUndefined();
  const marks = [
    { serverUrl: "http://127.0.0.1:7860", sentBytes: 0, isDone: false },
    { serverUrl: "http://127.0.0.1:7860", sentBytes: 20, sizeBytes: 20, isDone: true },
  ];
  for (const mark of marks) {
    writeRemoteMark(path, mark);
    expect(readRemoteMark(path)).toEqual(mark);
  }
  expect([...listJournals(folder)]).toHaveLength(1);
});

test("a journal has to be sent while its mark is not done, or cannot be read", () => {
  const { path } = beginJournal(temporaryFolder());
  const mark = { serverUrl: "http://127.0.0.1", sentBytes: 5 };
  expect(isToBeSent(path)).toBe(false);
  writeRemoteMark(path, { ...mark, isDone: false });
  expect(isToBeSent(path)).toBe(true);
  writeRemoteMark(path, { ...mark, isDone: true });
  expect(isToBeSent(path)).toBe(false);
  for (const torn of ["", '{"serverUrl":"htt', "null", '{"isDone":true}', '{"sentBytes":-1}']) {
    writeFileSync(remoteMarkFile(path), torn);
    expect(readRemoteMark(path)).toBeUndefined();
    expect(isToBeSent(path)).toBe(true);
  }
});

test("a mark goes with its journal", () => {
  const { path, sizeBytes } = beginJournal(temporaryFolder());
  writeRemoteMark(path, { serverUrl: "http://127.0.0.1", sentBytes: 5, isDone: true });
  expect(removeJournal(path, sizeBytes)).toBe(true);
  expect(existsSync(remoteMarkFile(path))).toBe(false);
});

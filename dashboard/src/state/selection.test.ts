import { expect, test } from "vitest";
import {
  DEFAULT_SHOWN,
  isUntouched,
  NEWEST,
  setShown,
  showAll,
  shownRuns,
  showOnly,
} from "./selection.ts";

/** Newest first, as the server lists them. */
function runs(count: number) {
  return Array.from({ length: count }, (_, i) => {
    const number = count - 1 - i;
    return { id: `id${number}`, name: `run ${number % 3}`, number };
  });
}

test("without a choice the newest are shown", () => {
  expect(shownRuns(NEWEST, runs(3)).size).toBe(3);
  const shown = shownRuns(NEWEST, runs(1000));
  expect(shown.size).toBe(DEFAULT_SHOWN);
  expect(shown.has("id999")).toBe(true);
});

test("a run that comes while the page is open joins, and none leaves for it", () => {
  const before = shownRuns(NEWEST, runs(1000), 999);
  const after = shownRuns(NEWEST, runs(1001), 999);
  expect(after).toEqual(new Set(["id1000", ...before]));
});

test("a new run never shifts what a person chose", () => {
  const chosen = showOnly(["id1", "id2"]);
  expect(shownRuns(chosen, runs(5), 4)).toEqual(new Set(["id2", "id1"]));
  expect(shownRuns(chosen, runs(9), 4)).toEqual(new Set(["id2", "id1"]));
});

test("a run is hidden and shown again, also one that is not among the newest", () => {
  const hidden = setShown(NEWEST, "id2", false);
  expect(shownRuns(hidden, runs(3))).toEqual(new Set(["id1", "id0"]));
  expect(shownRuns(setShown(hidden, "id2", true), runs(3)).has("id2")).toBe(true);
  expect(shownRuns(setShown(NEWEST, "id0", true), runs(1000)).has("id0")).toBe(true);
  expect(isUntouched(hidden)).toBe(false);
});

test("names choose all runs of that name", () => {
  const named = { ...NEWEST, base: { kind: "names", names: new Set(["run 0"]) } } as const;
  expect(shownRuns(named, runs(6))).toEqual(new Set(["id3", "id0"]));
  expect(shownRuns(showAll(), runs(1000)).size).toBe(1000);
});

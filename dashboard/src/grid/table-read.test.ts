import { expect, test } from "vitest";
import type { KeyedMedia } from "../state/media-facts.ts";
import { tableQuery } from "./table-read.ts";

const facts = { itemCount: 3, stepCount: 3, mostAtOnce: 1, firstStep: 0, lastStep: 9 };
const media: KeyedMedia = {
  key: "texts",
  kind: "table",
  runs: [
    { run: "b", ...facts },
    { run: "a", ...facts },
  ],
};
const columns = [
  { name: "prompt", type: "string" as const },
  { name: "reward", type: "number" as const },
];

test("the tables of all runs are read as one, at the newest step unless told", () => {
  expect(tableQuery(media, {}, columns)).toEqual({
    key: "texts",
    sources: [{ run: "b" }, { run: "a" }],
  });
  expect(tableQuery(media, { step: 5 }, columns).sources).toEqual([
    { run: "b", step: 5 },
    { run: "a", step: 5 },
  ]);
});

test("two steps are compared run by run, the same rows beside each other where told", () => {
  const query = tableQuery(media, { step: 5, withStep: 2, isTogether: true }, columns);
  expect(query.sources).toEqual([
    { run: "b", step: 5 },
    { run: "b", step: 2 },
    { run: "a", step: 5 },
    { run: "a", step: 2 },
  ]);
  expect(query.sort).toEqual({ column: -1 });
});

test("sort and filters name columns; what the table does not have is not asked", () => {
  const look = {
    sort: { column: "reward", descending: true },
    filters: { reward: "> 0.3", prompt: "is", gone: "x" },
  };
  expect(tableQuery(media, look, columns)).toMatchObject({
    sort: { column: 1, descending: true },
    filters: [
      { op: "contains", value: "is", column: 0 },
      { op: ">", value: 0.3, column: 1 },
    ],
  });
  const other = [{ name: "reward", type: "number" as const }];
  expect(tableQuery(media, look, other).sort).toEqual({ column: 0, descending: true });
  expect(tableQuery(media, look, [])).not.toHaveProperty("sort");
});

test("a run that logged several tables at once has a source for each", () => {
  const many = { ...media, runs: [{ run: "a", ...facts, mostAtOnce: 2 }] };
  expect(tableQuery(many, {}, columns).sources).toEqual([
    { run: "a", index: 0 },
    { run: "a", index: 1 },
  ]);
});

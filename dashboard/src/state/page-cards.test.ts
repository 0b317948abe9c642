import { expect, test } from "vitest";
import { searchNames } from "./name-search.ts";
import { pageCards } from "./page-cards.ts";

const charts = ["loss", "train/acc"];
const media = [
  { key: "texts", kind: "table" },
  { key: "train/samples", kind: "image" },
] as const;
const shown = (options: { metrics?: string; filter?: string }) =>
  pageCards({
    charts,
    media,
    metrics: options.metrics ?? "",
    filter: options.filter === undefined ? undefined : searchNames(options.filter),
  });

test("without a choice the page shows charts, in sections", () => {
  expect(shown({}).sections).toEqual([
    { name: "charts", cards: [{ key: "loss", kind: "chart" }] },
    { name: "train", cards: [{ key: "train/acc", kind: "chart" }] },
  ]);
});

test("names of the address put cards of any kind side by side, in its order", () => {
  expect(shown({ metrics: "text,loss" })).toEqual({
    sections: [
      {
        name: "",
        cards: [
          { key: "texts", kind: "table" },
          { key: "loss", kind: "chart" },
        ],
      },
    ],
    missing: [],
  });
  expect(shown({ metrics: "nothing" })).toEqual({ sections: [], missing: ["nothing"] });
});

test("a filter finds cards of any kind, and goes before names", () => {
  const { sections } = shown({ filter: "^train", metrics: "loss" });
  expect(sections).toEqual([
    {
      name: "train",
      cards: [
        { key: "train/acc", kind: "chart" },
        { key: "train/samples", kind: "image" },
      ],
    },
  ]);
  expect(shown({ metrics: "^t.*s$" }).sections.flatMap(({ cards }) => cards)).toEqual([
    { key: "texts", kind: "table" },
    { key: "train/samples", kind: "image" },
  ]);
});

test("a key that is both a number and a picture has a card for each", () => {
  const both = pageCards({
    charts: ["x"],
    media: [{ key: "x", kind: "image" }],
    metrics: "x",
    filter: undefined,
  });
  expect(both.sections[0]!.cards.map(({ kind }) => kind)).toEqual(["chart", "image"]);
});

import { expect, test } from "vitest";
import type { ChartLine } from "../charts/chart-line.ts";
import { overMetric } from "./over-metric.ts";

function line(x: number[], y: number[], odd: ChartLine["odd"] = []): ChartLine {
  const values = Float64Array.from(y);
  return {
    id: "a",
    name: "a",
    hue: 0,
    dash: 0,
    live: false,
    x: Float64Array.from(x),
    y: values,
    low: values,
    high: values,
    odd,
  };
}

test("each point stands where the other metric stood at its step, rising", () => {
  const loss = line([0, 10, 20], [3, 2, 1], [{ x: 10, kind: "nan", count: 1 }]);
  const made = overMetric(loss, line([0, 20], [0.8, 0.2]));
  expect([...made.x]).toEqual([0.2, 0.5, 0.8]);
  expect([...made.y]).toEqual([1, 2, 3]);
  expect(made.odd).toEqual([{ x: 0.5, kind: "nan", count: 1 }]);
});

test("where the other metric has no value there is no point", () => {
  const made = overMetric(line([0, 5, 10], [1, 2, 3]), line([5, 9], [0.5, Number.NaN]));
  expect([...made.x]).toEqual([0.5]);
  expect([...made.y]).toEqual([2]);
});

test("the same two lines give the same object", () => {
  const [a, b] = [line([0], [1]), line([0], [2])];
  expect(overMetric(a, b)).toBe(overMetric(a, b));
});

/** What the compiler says of tables; the calls are checked by `npm run types`, and made once. */

import * as arrow from "apache-arrow";
import * as aq from "arquero";
import pl from "nodejs-polars";
import { expect, test } from "vitest";
import * as trackio from "../index.ts";

const { Table } = trackio;

interface Sample {
  readonly prompt: string;
  readonly reward?: number;
}

test("the forms of a table, and no others, are its types", () => {
  const samples: Sample[] = [{ prompt: "Hi" }, { prompt: "Ho", reward: 1 }];
  const tables: trackio.Table[] = [
    new Table(samples),
    Table(samples, { caption: "samples", columns: ["reward"] }),
    new Table({ rows: samples, caption: "samples" }),
    new Table({ columns: ["a"], data: [[1], [2]] }),
    new Table({ columns: { a: [1, 2], b: Float32Array.of(1, 2) } }),
    new Table({ a: [1, 2], b: BigInt64Array.of(1n, 2n) }),
    new Table({ dataframe: samples }),
    new Table(arrow.tableFromArrays({ a: Float64Array.of(1, 2) })),
    Table({ dataframe: pl.DataFrame({ a: [1, 2] }), caption: "polars" }),
    new Table(pl.DataFrame({ a: [1, 2] })),
    new Table(aq.table({ a: [1, 2] })),
    new Table().addRow({ a: 1 }).addRow([2]),
    new Table().addRows(samples),
  ];
  expect(tables.map(({ length }) => length)).toEqual(tables.map(() => 2));
  // @ts-expect-error A number is no table.
  expect(new Table(5)).toHaveLength(0);
  // @ts-expect-error A column is a list.
  expect(new Table({ a: 5 })).toHaveLength(0);
  // @ts-expect-error Rows are objects or lists.
  expect(new Table([1, 2])).toHaveLength(0);
});

test("log() takes tables, also in runs whose metrics have types", () => {
  const run = trackio.init({ project: "p", mode: "disabled" });
  run.log({ samples: new Table([{ a: 1 }]), loss: 1 });
  trackio.log({ samples: Table({ a: [1] }) });
  const typed = trackio.init<{ lr: number }, { samples: trackio.Table; loss: number }>({
    project: "p",
    mode: "disabled",
  });
  typed.log({ samples: new Table([{ a: 1 }]) });
  expect(run.stats().recordCount).toBe(0);
});

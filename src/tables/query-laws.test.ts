/** Random tables and random queries: each answer is that of a plain reading of the laws, whichever parts the rows lie in. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isPlainObject, type Value } from "../protocol/values.ts";
import { type CheckedTableQuery, queryTable, type TableSource } from "./query-table.ts";
import { exportTableCsv } from "./table-csv.ts";
import { type Form, named, QUERY, rowsOf, sourceOf, temporaryPath } from "./testing/table-files.ts";

type Filter = CheckedTableQuery["filters"][number];
type Type = (typeof TYPES)[number];
const TYPES = ["number", "bigint", "boolean", "string", "date", "json"] as const;

/** Few values, so that many are equal, and near to each other across the types. */
const VALUES: { readonly [T in Type]: readonly Value[] } = {
  number: [0, -0, 1, 10, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, 1e21, Date.UTC(2026)],
  bigint: [0n, 1n, 10n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n)],
  boolean: [true, false],
  string: [
    "",
    "10",
    "1",
    "Ten",
    "TÉN",
    "\uffff",
    "\u{10000}",
    "true",
    "2026-01-01",
    "ΟΔΟΣ",
    "\ud800",
    'a,"b"\r\n',
  ],
  date: [
    new Date(Date.UTC(2026)),
    new Date(Date.UTC(2026, 0, 31)),
    new Date(0),
    new Date(Number.NaN),
  ],
  json: [
    1,
    10n,
    "10",
    "",
    true,
    [1, "10"],
    { ten: 10 },
    { $: "NaN" },
    Number.NaN,
    new Date(Date.UTC(2026)),
    2n ** 70n,
    -0,
  ],
};
const WANTED = [
  "10",
  "1",
  "ten",
  "é",
  "",
  "true",
  "2026-01",
  "2026",
  "9007199254740993",
  "NaN",
  "σ",
  "ΟΔ",
  "-0",
  "Ten",
  10,
  1,
  0,
  1.5,
  true,
  Date.UTC(2026),
];

interface Column {
  readonly name: string;
  readonly type: Type;
  readonly values: readonly Value[];
}
type Part = readonly Column[];

const part: fc.Arbitrary<Part> = fc
  .tuple(
    fc.integer({ min: 0, max: 12 }),
    fc.uniqueArray(fc.constantFrom("a", "b", "__proto__"), { minLength: 1 }),
  )
  .chain(([rows, names]) =>
    fc.tuple(
      ...names.map((name) =>
        fc.constantFrom(...TYPES).chain((type) =>
          fc
            .array(fc.constantFrom<Value[]>(...VALUES[type], null), {
              minLength: rows,
              maxLength: rows,
            })
            .map((values) => ({ name, type, values })),
        ),
      ),
    ),
  );

const filter: fc.Arbitrary<Filter> = fc.record(
  {
    column: fc.integer({ min: 0, max: 2 }),
    op: fc.constantFrom("contains", "=", "!=", "<", "<=", ">", ">=", "empty", "not empty"),
    value: fc.constantFrom(...WANTED),
  },
  { requiredKeys: ["op", "value"] },
);

const query = fc.record(
  {
    sort: fc.record({ column: fc.integer({ min: -1, max: 2 }), descending: fc.boolean() }),
    filters: fc.array(filter, { maxLength: 2 }),
    from: fc.integer({ min: 0, max: 10 }),
    count: fc.integer({ min: 0, max: 50 }),
  },
  { requiredKeys: ["filters", "from", "count"] },
);

/** A row as the laws speak of it. */
interface Row {
  readonly source: number;
  readonly row: number;
  readonly cells: readonly Value[];
}

function joinPlainly(sources: readonly (readonly Part[])[]): {
  rows: Row[];
  columns: { name: string; type: Type }[];
} {
  const columns = new Map<string, Type>();
  for (const { name, type } of sources.flat(2)) {
    columns.set(name, (columns.get(name) ?? type) === type ? type : "json");
  }
  const names = [...columns.keys()];
  const rows = sources.flatMap((parts, source) =>
    parts
      .flatMap((part) =>
        part[0]!.values.map((_, i) =>
          names.map((name) => part.find((column) => column.name === name)?.values[i] ?? null),
        ),
      )
      .map((cells, row) => ({ source, row, cells })),
  );
  return { rows, columns: Array.from(columns, ([name, type]) => ({ name, type })) };
}

function answerPlainly(
  rows: readonly Row[],
  types: readonly Type[],
  { filters, sort }: Pick<CheckedTableQuery, "filters" | "sort">,
): Row[] {
  const left = rows.filter(({ cells }) =>
    filters.every(({ column, op, value }) =>
      cells.some((cell, i) => (column ?? i) === i && passes(cell, types[i]!, op, value!)),
    ),
  );
  if (sort === undefined) return left;
  const sign = sort.descending ? -1 : 1;
  if (sort.column === -1) return left.sort((a, b) => sign * (a.row - b.row) || a.source - b.source);
  return left.sort(({ cells: a }, { cells: b }) => {
    const [left, right] = [a[sort.column]!, b[sort.column]!];
    const last = lastness(left) - lastness(right);
    if (last !== 0 || lastness(left) > 0) return last;
    return sign * (rankOf(left) - rankOf(right) || compareSame(left, right));
  });
}

const lastness = (value: Value) =>
  value === null
    ? 2
    : Number.isNaN(
          Number(
            isPlainObject(value) || Array.isArray(value) || typeof value === "string" ? 0 : value,
          ),
        )
      ? 1
      : 0;

function rankOf(value: Value): number {
  if (typeof value === "number" || typeof value === "bigint") return 0;
  if (typeof value === "string") return 1;
  if (value instanceof Date) return 2;
  return typeof value === "boolean" ? 3 : 4;
}

function compareSame(a: Value, b: Value): number {
  const isText = rankOf(a) === 1 || rankOf(a) === 4;
  if (isText) return Buffer.compare(Buffer.from(textOf(a)), Buffer.from(textOf(b)));
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

/** What a person reads of it. */
function textOf(value: Value): string {
  if (value === null) return "";
  if (Object.is(value, -0)) return "-0";
  if (value instanceof Date) return Number.isNaN(+value) ? "Invalid Date" : value.toISOString();
  if (typeof value !== "object") return String(value);
  return JSON.stringify("$" in value ? { $: "object", v: value } : value);
}

function passes(
  cell: Value,
  type: Type,
  op: Filter["op"],
  value: string | number | boolean,
): boolean {
  const isEmpty = cell === null || cell === "";
  if (op === "empty") return isEmpty;
  if (op === "not empty") return !isEmpty;
  if (op === "contains") return fold(textOf(cell)).includes(fold(String(value)));
  const order = compareTo(cell, type, value);
  if (op === "!=") return order !== 0;
  if (order === undefined) return false;
  return { "=": order === 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[
    op
  ];
}

const fold = (text: string) => text.toLowerCase().replaceAll("ς", "σ");

function compareTo(cell: Value, type: Type, value: string | number | boolean): number | undefined {
  const text = String(value);
  if (typeof cell === "number" || typeof cell === "bigint") {
    if (typeof value === "boolean" || text === "") return undefined;
    const wanted = /^\d{16}$/.test(text) ? BigInt(text) : Number(text);
    if (text !== "NaN" && Number.isNaN(wanted)) return undefined;
    if (Number.isNaN(cell) && Number.isNaN(wanted)) return 0;
    if (Number.isNaN(cell) || Number.isNaN(wanted)) return undefined;
    return cell < wanted ? -1 : cell > wanted ? 1 : 0;
  }
  if (typeof cell === "string") {
    if (type === "json" && typeof value !== "string") return undefined;
    return [...cell].join() === [...text].join() ? 0 : codePoints(cell) < codePoints(text) ? -1 : 1;
  }
  if (typeof cell === "boolean")
    return /^(true|false)$/.test(text) ? Number(cell) - Number(text === "true") : undefined;
  if (cell instanceof Date) {
    if (Number.isNaN(+cell)) return undefined;
    const span = spanOf(value);
    return span && (+cell < span[0] ? -1 : +cell > span[1] ? 1 : 0);
  }
  return undefined;
}

/** Texts of equal width a code point, which `<` compares as code points. */
const codePoints = (text: string) =>
  Array.from(text, (letter) => letter.codePointAt(0)!.toString(16).padStart(6, "0")).join("");

function spanOf(value: string | number | boolean): [number, number] | undefined {
  if (typeof value === "number") return [value, value];
  if (value === "2026") return [Date.UTC(2026), Date.UTC(2027) - 1];
  return value === "2026-01" ? [Date.UTC(2026), Date.UTC(2026, 1) - 1] : undefined;
}

const sources = fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 2,
});
const forms = fc.constantFrom<Form>("raw", "Parquet");

async function write(given: readonly (readonly Part[])[], form: Form): Promise<TableSource[]> {
  const folder = temporaryPath();
  return Promise.all(
    given.map(async (parts, index) => {
      const written = await sourceOf(
        folder,
        parts.map((part) => part.map(({ name, type, values }) => named(name, type, values))),
        form,
      );
      // As the store has it: each column with the type that all its parts have, else mixed.
      return { ...written, run: String(index), columns: joinPlainly([parts]).columns };
    }),
  );
}

test("a page of any query has the rows of a plain reading of the laws", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      sources,
      forms,
      fc.array(query, { minLength: 5, maxLength: 30 }),
      async (given, form, queries) => {
        const written = await write(given, form);
        const { rows, columns } = joinPlainly(given);
        const types = columns.map(({ type }) => type);
        for (const asked of queries) {
          const places = [asked.sort?.column, ...asked.filters.map(({ column }) => column)];
          if (places.some((place) => (place ?? 0) >= columns.length)) continue;
          const expected = answerPlainly(rows, types, asked);
          const page = await queryTable(written, { ...QUERY, ...asked });
          expect(page.columns).toEqual(columns);
          expect(page.totalCount).toBe(rows.length);
          const shown = JSON.stringify(asked);
          expect(page.rowCount, shown).toBe(expected.length);
          const wanted = expected.slice(asked.from, asked.from + asked.count);
          expect(
            page.rows.map(({ source, row }) => [source, row]),
            shown,
          ).toEqual(wanted.map(({ source, row }) => [source, row]));
          expect(await rowsOf(written, asked), shown).toEqual(wanted.map(({ cells }) => cells));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("a CSV is read back as what a person reads of its cells", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(sources, forms, query, async (given, form, asked) => {
      const written = await write(given, form);
      const { rows, columns } = joinPlainly(given);
      const places = [asked.sort?.column, ...asked.filters.map(({ column }) => column)];
      fc.pre(places.every((place) => (place ?? 0) < columns.length));
      let text = "";
      for await (const piece of exportTableCsv(written, { ...QUERY, ...asked })) text += piece;
      const expected = answerPlainly(
        rows,
        columns.map(({ type }) => type),
        asked,
      );
      expect(parseCsv(text)).toEqual([
        columns.map(({ name }) => name),
        ...expected.map(({ cells }) => cells.map(textOf)),
      ]);
    }),
    { numRuns: 60 },
  );
});

/** RFC 4180, letter by letter. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) throw new Error(`No field at the end of ${JSON.stringify(record)}`);
    record.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === ",") continue;
    records.push(record);
    record = [];
  }
  return records;
}

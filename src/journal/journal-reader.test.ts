import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeValue, type Value } from "../protocol/values.ts";
import { createJournalCursor, openJournalCursor, readJournal } from "./journal-reader.ts";
import type { JournalWriter } from "./journal-writer.ts";
import { encodeStepField } from "./step-field.ts";
import { beginJournal } from "./testing/begin-journal.ts";
import { readAll } from "./testing/read-all.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0),
);
const anyValue: fc.Arbitrary<Value> = fc.oneof(
  anyNumber,
  fc.bigInt(),
  fc.boolean(),
  fc.string({ unit: "binary" }),
  fc.constant(null),
  fc.date(),
  fc.array(anyNumber, { maxLength: 3 }),
  fc.float64Array({ maxLength: 3 }),
);
const anyStep = fc.oneof(
  fc.maxSafeNat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt(),
);
const anyRecord = fc.record({
  step: anyStep,
  timeMs: fc.integer({ min: 0, max: 2e12 }),
  values: fc.dictionary(fc.string({ maxLength: 3 }), anyValue, { maxKeys: 4 }),
});

function append(
  journal: JournalWriter,
  step: number | bigint,
  values: Readonly<Record<string, Value>>,
  timeMs = 1,
) {
  const encoded = Object.values(values).map((value) => encodeValue(value));
  journal.append(journal.keySet(Object.keys(values)), [
    0,
    encodeStepField(step, step),
    timeMs,
    ...encoded,
  ]);
}

test("a record comes back as it was written, read in pieces of any size, from its beginning or from the middle", () => {
  fc.assert(
    fc.property(
      fc.array(anyRecord, { maxLength: 8 }),
      fc.integer({ min: 1, max: 400 }),
      (records, pieceBytes) => {
        const journal = beginJournal(temporaryFolder());
        for (const { step, values, timeMs } of records) append(journal, step, values, timeMs);
        const all = readAll(journal.path, pieceBytes);
        expect(all).toMatchObject({ damagedLines: 0, tornBytes: 0 });
        expect(all.header?.writer).toEqual(journal.writer);
        const expected = records.map(({ step, values, timeMs }, number) => ({
          number,
          keys: Object.keys(values),
          step,
          highest: step,
          timeMs,
          values: Object.values(values),
        }));
        expect(all.records).toEqual(expected);

        const cursor = createJournalCursor();
        readJournal(journal.path, cursor, pieceBytes);
        const again = openJournalCursor(journal.path, cursor.offset);
        expect(again).toEqual(cursor);
        expect(readAll(journal.path, pieceBytes, again).records).toEqual(
          readAll(journal.path, undefined, cursor).records,
        );
        journal.close();
      },
    ),
    { numRuns: 60 },
  );
});

test("a torn last line is skipped and reported, and read once it is whole", () => {
  const journal = beginJournal(temporaryFolder());
  append(journal, 0, { loss: 1 });
  append(journal, 1, { loss: 0.5 });
  const whole = readFileSync(journal.path);
  for (const cutBytes of [1, 5, 11]) {
    truncateSync(journal.path, whole.length - cutBytes);
    const cursor = createJournalCursor();
    const torn = readAll(journal.path, undefined, cursor);
    expect(torn.records.map((record) => record.step)).toEqual([0]);
    expect(torn.damagedLines).toBe(0);
    expect(torn.tornBytes).toBeGreaterThan(0);
    appendFileSync(journal.path, whole.subarray(whole.length - cutBytes));
    expect(readAll(journal.path, undefined, cursor).records.map((record) => record.step)).toEqual([
      1,
    ]);
  }
  journal.close();
});

test("a damaged line in the middle loses that line alone", () => {
  const journal = beginJournal(temporaryFolder());
  for (let step = 0; step < 6; step += 1) append(journal, step, { loss: step });
  journal.close();
  const lines = readFileSync(journal.path, "utf8").split("\n");
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 7 }),
      fc.constantFrom(
        "[0,3",
        "",
        "[0,1,2,3,4]",
        "[9,1,1,1]",
        '{"set":"x"}',
        "null",
        '[0,"a",1,1]',
        "}",
        '[0,{"$":"int","v":"x"},1,1]',
      ),
      (at, damage) => {
        writeFileSync(journal.path, lines.with(at, damage).join("\n"));
        const read = readAll(journal.path);
        expect(read.records.map((record) => record.step)).toEqual(
          [0, 1, 2, 3, 4, 5].filter((step) => step !== at - 2),
        );
        expect(read.damagedLines).toBe(damage === "" ? 0 : 1);
      },
    ),
  );
});

test("two damaged lines that make one value together are still two damaged lines", () => {
  const journal = beginJournal(temporaryFolder());
  append(journal, 0, { loss: 1 });
  appendFileSync(journal.path, "[0,1\n1,1]\n");
  append(journal, 2, { loss: 1 });
  journal.close();
  const read = readAll(journal.path);
  expect(read.records.map((record) => [record.step, record.number])).toEqual([
    [0, 0],
    [2, 2],
  ]);
  expect(read.damagedLines).toBe(2);
});

test("a line of a kind that this version does not know is passed over", () => {
  const journal = beginJournal(temporaryFolder());
  appendFileSync(journal.path, '{"note":"from the future"}\n{"time":1,"later":true}\n');
  journal.close();
  expect(readAll(journal.path)).toMatchObject({ damagedLines: 0, records: [] });
});

test("a record whose id is missing, or no text, loses that record alone", () => {
  const journal = beginJournal(temporaryFolder());
  const set = journal.keySet(["a", "b"], { ids: true });
  journal.append(set, [0, null, 1, 1, 2, "first"]);
  const damage = ["[0,1,1,1,2]", "[0,1,1,1,2,3]", '[0,1,1,1,2,"x","y"]', "[0,1,1,1,2,null]"];
  appendFileSync(journal.path, `${damage.join("\n")}\n`);
  for (const ids of ["false", "1", '"true"', "null"]) {
    appendFileSync(journal.path, `{"set":7,"keys":["a"],"ids":${ids}}\n`);
  }
  journal.append(set, [0, 5, 1, 3, 4, ""]);
  journal.close();
  const read = readAll(journal.path);
  expect(read.records.map(({ id, step, number }) => [id, step, number])).toEqual([
    ["first", undefined, 0],
    ["", 5, 5],
  ]);
  expect(read.damagedLines).toBe(8);
});

test("only the first line is a header", () => {
  const journal = beginJournal(temporaryFolder());
  const { header } = readAll(journal.path);
  append(journal, 0, { loss: 1 });
  appendFileSync(journal.path, '{"trackio":2,"run":{"id":"x"},"writer":{"id":"y"},"time":1}\n');
  appendFileSync(journal.path, '{"trackio":99}\n');
  append(journal, 1, { loss: 1 });
  journal.close();
  for (const pieceBytes of [1, 100_000]) {
    const read = readAll(journal.path, pieceBytes);
    expect(read).toMatchObject({ header, damagedLines: 2 });
    expect(read.records).toHaveLength(2);
  }
});

test("a journal of version 1 is read, one of a lane that is not known is refused", () => {
  const journal = beginJournal(temporaryFolder());
  append(journal, 0, { loss: 1 });
  journal.close();
  const text = readFileSync(journal.path, "utf8");
  writeFileSync(journal.path, text.replace('"trackio":2', '"trackio":1'));
  expect(readAll(journal.path).records).toHaveLength(1);
  writeFileSync(journal.path, text.replace('"trackio":2', '"trackio":2,"lane":"gradients"'));
  expect(() => readAll(journal.path)).toThrow(/is of the lane "gradients".*update trackio/);
});

test("a journal of a newer version is refused by name", () => {
  const journal = beginJournal(temporaryFolder());
  journal.close();
  writeFileSync(
    journal.path,
    readFileSync(journal.path, "utf8").replace('"trackio":2', '"trackio":3'),
  );
  expect(() => readAll(journal.path)).toThrow(/is a journal of version 3.*update trackio/);
});

test("a journal that is gone has nothing more to read", () => {
  expect(readAll("/nowhere/at/all.jsonl")).toEqual({
    header: undefined,
    records: [],
    events: [],
    damagedLines: 0,
    tornBytes: 0,
  });
});

test("a person can read the lines", () => {
  const journal = beginJournal(temporaryFolder());
  journal.append(journal.keySet(["loss", ["train", "acc"]]), [0, 12, 1_763_856_000_000, 0.5, 0.9]);
  journal.append(journal.keySet(["loss", ["train", "acc"]]), [
    0,
    [3, 12],
    1_763_856_000_001,
    0.4,
    0.8,
  ]);
  journal.appendEvent({ time: 5, end: { state: "finished" } });
  journal.close();
  expect(readFileSync(journal.path, "utf8").split("\n").slice(1)).toEqual([
    '{"set":0,"keys":["loss",["train","acc"]]}',
    "[0,12,1763856000000,0.5,0.9]",
    "[0,[3,12],1763856000001,0.4,0.8]",
    '{"time":5,"end":{"state":"finished"}}',
    "",
  ]);
});

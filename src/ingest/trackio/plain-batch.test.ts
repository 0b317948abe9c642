import { rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFolder } from "../../journal/testing/read-all.ts";
import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import type { Json } from "../../protocol/json.ts";
import { parseExactJson } from "./exact-json.ts";
import { findPlainBatch, type PlainBatch } from "./plain-batch.ts";
import { TrackioLog } from "./trackio-log.ts";

/** Numbers as texts: `JSON.stringify` would make some of them nicer. */
const numbers = mostly(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-60, max: 1e60 }).map(String),
    fc.integer({ min: -1e9, max: -1 }).map(String),
    fc.constantFrom("0", "1.0", "-0.5", "0.10", "1e-07", "1E+22", "123456789012345"),
  ),
  fc.constantFrom("-0.0", "-0", "1e400", "1e-308", "9007199254740993", "1234567890123456"),
);
const steps = mostly(
  fc.oneof(fc.nat({ max: 50 }).map(String), fc.constantFrom("null", "-3")),
  fc.constantFrom("1.5", "1.0", "18446744073709551615", "-0.0"),
);
const names = mostly<readonly string[]>(
  fc.constantFrom(["loss"], ["loss", "acc"], ["train/loss", "épée", "__proto__", ""], []),
  fc.constantFrom(["2", "1"], ["a", "a"]),
);
const ids = mostly(
  fc.oneof(
    fc.uuid().map((id) => `"${id}"`),
    fc.constantFrom("null", '""'),
  ),
  fc.constantFrom('"ü"', '"a\\"b"'),
);
const entries = fc
  .tuple(names, fc.array(numbers, { minLength: 4, maxLength: 4 }), steps, ids, fc.boolean())
  .map(([keys, values, step, id, isOld]) => {
    const metrics = keys.map((key, i) => `${JSON.stringify(key)}:${values[i]}`).join();
    const config = isOld ? "" : ',"config":null';
    return `{"project":"my.proj","run":"run \\"A\\"","run_id":"55127","metrics":{${metrics}},"step":${step}${config},"log_id":${id}}`;
  });

/** Usual ones, and now and then one that makes its batch go the slow way. */
function mostly<Value>(usual: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 100, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

function bodyOf(logs: readonly string[]): string {
  return `{"args":[],"kwargs":{"hf_token":null,"logs":[${logs.join()}]}}`;
}

/** Journals of batches that were logged the fast way where there is one, or the slow way. */
async function journalsOf(batches: readonly (readonly string[])[], isFast: boolean) {
  const folder = temporaryFolder();
  let now = 1_763_856_000_000;
  const log = new TrackioLog(folder, { now: () => now });
  let plainCount = 0;
  for (const logs of batches) {
    now += 1;
    const plain = isFast ? findPlainBatch(Buffer.from(bodyOf(logs))) : undefined;
    if (plain !== undefined && (await isLogged(log, plain))) plainCount += 1;
    else {
      const body = parseExactJson(bodyOf(logs)) as { kwargs: { logs: Json[] } };
      await log.logRecords(body.kwargs.logs);
    }
  }
  const journals = readFolder(folder).map(({ header: _, ...rest }) => rest);
  rmSync(folder.root, { recursive: true });
  return { journals, plainCount };
}

async function isLogged(log: TrackioLog, plain: PlainBatch): Promise<boolean> {
  const outcome = log.logPlainBatch(plain);
  if (outcome !== "no run") return outcome === "logged";
  await log.beginRun(plain);
  return log.logPlainBatch(plain) === "logged";
}

test("a body that is cut anywhere is for the slow way", () => {
  const log = `{"project":"p","run":"r","run_id":null,"metrics":{"a":1},"step":0,"config":null,"log_id":"x"}`;
  const body = Buffer.from(bodyOf([log, log]));
  for (let length = 0; length < body.length; length += 1) {
    // In memory of its own, behind which there is nothing.
    const plain = findPlainBatch(new Uint8Array(body.subarray(0, length)));
    if (plain !== undefined) expect(parseExactJson(plain.rest), plain.rest).toBeUndefined();
  }
  expect(findPlainBatch(new Uint8Array(body))?.count).toBe(2);
});

describe("the fast way for plain batches", () => {
  test("a journal says the same, whichever way a batch went", async () => {
    let plainCount = 0;
    const someBatches = fc.array(fc.array(entries, { maxLength: 12 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(someBatches, async (batches) => {
        const fast = await journalsOf(batches, true);
        plainCount += fast.plainCount;
        expect(fast.journals).toEqual((await journalsOf(batches, false)).journals);
      }),
      { numRuns: 60 },
    );
    expect(plainCount).toBeGreaterThan(10);
  });

  test("a journal whose highest step is a negative zero says so, whichever way a batch went", async () => {
    const batches = [[entry('{"a":1}', "-0.0")], [entry('{"a":1}', "-3")]];
    const [fast, slow] = [await journalsOf(batches, true), await journalsOf(batches, false)];
    expect(fast.journals).toEqual(slow.journals);
  });

  const entry = (metrics: string, step = "1", more = "") =>
    `{"project":"p","run":"a","run_id":"r","metrics":${metrics},"step":${step},"config":null,"log_id":"x${step}"${more}}`;

  test("takes what is usual: numbers under a few sets of keys", async () => {
    const logs = Array.from({ length: 100 }, (_, i) =>
      i % 10 === 9 ? entry('{"val":0.25}', String(i)) : entry('{"loss":0.5,"lr":1e-05}', String(i)),
    );
    const { journals, plainCount } = await journalsOf([logs], true);
    expect(plainCount).toBe(1);
    expect(journals[0]!.records).toHaveLength(100);
    expect(journals[0]!.records[9]).toMatchObject({
      keys: ["val"],
      step: 9,
      values: [0.25],
      id: "x9",
    });
  });

  test.for([
    ["no entries", []],
    ["a text", [entry('{"a":"x"}')]],
    ["a nested value", [entry('{"a":{"b":1}}')]],
    ["another run", [entry('{"a":1}'), entry('{"a":1}').replace('"r"', '"s"')]],
    ["a configuration", [entry('{"a":1}').replace('"config":null', '"config":{"lr":1}')]],
    ["a time of its own", [entry('{"a":1}', "1", ',"timestamp":"2026-11-22T21:51:14+00:00"')]],
    ["a large integer", [entry('{"a":9007199254740993}')]],
    ["what is no number", [entry('{"a":NaN}')]],
    ["a leading zero", [entry('{"a":01}')]],
    ["a torn entry", [entry('{"a":1}').slice(0, -1)]],
    ["a step that is given twice", [entry('{"a":1}', "1", ',"step":2')]],
    ["an id that is given twice", [entry('{"a":1}', "1", ',"log_id":null')]],
    ["no metrics", [entry('{"a":1}').replace('"metrics":{"a":1},', "")]],
    ["more keys than are known at once", Array.from({ length: 9 }, (_, i) => entry(`{"k${i}":1}`))],
  ] as const)("leaves the rest to others: %s", ([, logs]) => {
    expect(findPlainBatch(Buffer.from(bodyOf(logs)))).toBeUndefined();
  });
});

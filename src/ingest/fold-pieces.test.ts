import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunIdentity } from "../protocol/run.ts";
import { encodeValue } from "../protocol/values.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import type { Row, Store } from "../store/store.ts";
import { Folder } from "./folder.ts";
import { TestFolder, type TestJournal } from "./testing/journals.ts";

const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("log" as const),
      step: fc.option(fc.integer({ min: -5, max: 60 })),
      id: fc.option(fc.constantFrom("a", "b", "c", "d", "e"), { nil: undefined }),
      keys: fc.subarray(["loss", "acc", "µ/λ", "text"], { minLength: 1 }),
      value: fc.double(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("event" as const),
      event: fc.oneof(
        fc.record({ config: fc.record({ lr: fc.nat(9) }) }),
        fc.record({ name: fc.constantFrom("first", "second") }),
        fc.record({ closed: fc.constant(true as const) }),
        fc.nat(3).map((id) => ({ alert: { id: `${id}`, title: "spike", level: "warn" } })),
        fc.nat(3).map((id) => ({
          trace: { id: `${id}`, key: "chat", step: id, body: { messages: [{ text: `Hi ${id}` }] } },
        })),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("damage" as const),
      text: fc.constantFrom(
        ...["[", "[0,1", "null", "[7,1,2,3]", "{}", "\u0000", "[0,1e999,3,4]"],
        ...['{"name":5,"time":1}', '{"alert":{"id":1},"time":1}', '{"trace":{},"time":1}'],
      ),
    }),
  },
);

async function contents(store: Store, run: RunIdentity) {
  const { projectKey: project, id } = run;
  const rows: Row[] = [];
  for await (const page of store.readRows(project, id)) rows.push(...page);
  const { writers, ...info } = (await store.listRuns(project))[0]!;
  return {
    rows,
    info,
    writerCount: writers.length,
    metrics: await store.listMetrics(project, [id]),
    alerts: await store.listAlerts(project),
    traces: await store.listTraces({ project, search: "hi" }),
  };
}

type LoggedLine = typeof line extends fc.Arbitrary<infer Line> ? Line & { kind: "log" } : never;

function logLine({ writer }: TestJournal, { step, id, keys, value }: LoggedLine): void {
  const values = keys.map((key) => (key === "text" ? `${value}` : encodeValue(value)));
  const set = writer.keySet(keys, { ids: id !== undefined });
  writer.append(set, [0, step, 1000, ...values, ...(id === undefined ? [] : [id])]);
}

test("a journal cut into any pieces, folded by any of three folders, gives the same store", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 40 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.integer({ min: 1, max: 400 })), { maxLength: 12 }),
      async (lines, cuts) => {
        using data = new TestFolder();
        const run = data.run("vision");
        const journal = data.journal(run);
        let text = "";
        for (const entry of lines) {
          if (entry.kind === "log") logLine(journal, entry);
          else if (entry.kind === "event") {
            journal.writer.appendEvent({ time: 1000, ...entry.event });
          } else {
            text = readFileSync(journal.path, "utf8");
            writeFileSync(journal.path, `${text}${entry.text}\n`);
          }
        }
        const bytes = readFileSync(journal.path);
        const whole = new MemoryStore();
        await new Folder(data, whole).foldAll();

        const pieced = new MemoryStore();
        const folders = [0, 1, 2].map(() => new Folder(data, pieced));
        for (const [at, who, pieceBytes] of cuts.toSorted(
          (a, b) => (a[0] % (bytes.length + 1)) - (b[0] % (bytes.length + 1)),
        )) {
          writeFileSync(journal.path, bytes.subarray(0, at % (bytes.length + 1)));
          const folder = who === 2 ? new Folder(data, pieced, { pieceBytes }) : folders[who]!;
          folder.look();
          await folder.foldOnce();
        }
        writeFileSync(journal.path, bytes);
        await folders[1]!.foldAll();
        await folders[0]!.foldAll();
        expect(await contents(pieced, run)).toEqual(await contents(whole, run));
      },
    ),
    { numRuns: 100 },
  );
});

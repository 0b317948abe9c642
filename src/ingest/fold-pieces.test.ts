import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunIdentity } from "../protocol/run.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import type { Row, Store } from "../store/store.ts";
import { Folder } from "./folder.ts";
import { TestFolder } from "./testing/journals.ts";

const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("log" as const),
      step: fc.integer({ min: -5, max: 60 }),
      keys: fc.subarray(["loss", "acc", "µ/λ", "text"], { minLength: 1 }),
      value: fc.double(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("config" as const), lr: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("damage" as const),
      text: fc.constantFrom("[", "[0,1", "null", "[7,1,2,3]", "{}", "\u0000", "[0,1e999,3,4]"),
    }),
  },
);

async function contents(store: Store, run: RunIdentity) {
  const rows: Row[] = [];
  for await (const page of store.readRows(run.projectKey, run.id)) rows.push(...page);
  const { writers: _, ...info } = (await store.listRuns(run.projectKey))[0]!;
  return { rows, info, metrics: await store.listMetrics(run.projectKey, [run.id]) };
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
          if (entry.kind === "log") {
            const value = (key: string) => (key === "text" ? `${entry.value}` : entry.value);
            journal.log(
              entry.step,
              Object.fromEntries(entry.keys.map((key) => [key, value(key)])),
              1000,
            );
          } else if (entry.kind === "config") {
            journal.writer.appendEvent({ time: 1000, config: { lr: entry.lr } });
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

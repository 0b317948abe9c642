/** Two folders at once, killed and begun again while runs and a client log: what the crash tests share, however often they kill. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { JournalWriter } from "../../journal/journal-writer.ts";
import { appendBatch } from "../../journal/testing/append-batch.ts";
import type { RunIdentity } from "../../protocol/run.ts";
import type { Row, Store } from "../../store/store.ts";
import { Folder } from "../folder.ts";
import { openStoreForFolding } from "../open-store.ts";
import { TestFolder } from "./journals.ts";

/** Kills one of two folders `kills` times while two runs log, and checks that every record is there once. */
export async function checkExactlyOnce(kills: number, seed: number): Promise<void> {
  using data = new TestFolder();
  const random = randomFrom(seed);
  const runs = ["a", "b"].map((name) => data.run("vision", { name }));
  const journals = runs.map((run) => data.journal(run));
  const client = new RepeatingClient(data);
  const folders = [startFolder(data.root, random), startFolder(data.root, random)];
  let step = 0;
  for (let kill = 0; kill < kills; kill++) {
    const logUntil = performance.now() + 60 + 200 * random();
    while (performance.now() < logUntil) {
      for (let i = 0; i < 20; i++, step++) {
        for (const journal of journals)
          journal.log(step, { loss: step / 7, [`k${step % 3}`]: step });
      }
      client.logBatch();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const victim = kill % 2;
    await killed(folders[victim]!);
    folders[victim] = startFolder(data.root, random);
  }
  for (const journal of journals) journal.end();
  client.close();
  for (const folder of folders) await killed(folder);
  const { store } = await openStoreForFolding(data.root);
  await new Folder(data, store).foldAll();
  for (const [i, run] of runs.entries()) {
    const steps: number[] = [];
    for await (const page of store.readRows(run.projectKey, run.id)) {
      for (const row of page) steps.push(stepOf(row));
    }
    expect(steps.length).toBe(step);
    expect(steps.every((value, at) => value === at)).toBe(true);
    const [info] = await store.listRuns(run.projectKey, { runs: [run.id] });
    expect(info).toMatchObject({ state: "finished", recordCount: step, damagedLines: 0 });
    const [loss] = await store.listMetrics(run.projectKey, [run.id]);
    expect(loss).toMatchObject({ key: "loss", count: step, last: (step - 1) / 7 });
    expect(existsSync(journals[i]!.path)).toBe(false);
  }
  await client.check(store);
  await store.close();
}

/** A Trackio client, as its server writes it down: batches of records with ids and without steps, each sent twice. */
class RepeatingClient {
  readonly #run: RunIdentity;
  readonly #journals: readonly JournalWriter[];
  #count = 0;
  #last: number[] = [];

  constructor(data: TestFolder) {
    const run = data.run("vision", { name: "client", client: "trackio" });
    this.#run = run;
    this.#journals = [1, 2].map((time) => JournalWriter.create(data, { run, time }));
  }

  logBatch(): void {
    const before = this.#last;
    this.#last = Array.from({ length: 20 }, () => this.#count++);
    const [first, second] = this.#journals as [JournalWriter, JournalWriter];
    // The same journal is not always the first that is folded.
    this.#append(this.#count % 40 === 0 ? first : second, this.#last);
    this.#append(this.#count % 40 === 0 ? second : first, before);
  }

  close(): void {
    for (const journal of this.#journals) {
      journal.appendEvent({ time: Date.now(), closed: true });
      journal.close();
    }
  }

  async check(store: Store): Promise<void> {
    const { projectKey, id } = this.#run;
    const values: number[] = [];
    const steps: number[] = [];
    for await (const page of store.readRows(projectKey, id)) {
      for (const row of page) {
        steps.push(Number(row.step));
        values.push(Number(row.values.value));
      }
    }
    const everyOnce = Array.from({ length: this.#count }, (_, i) => i);
    expect(values.toSorted((a, b) => a - b)).toEqual(everyOnce);
    expect(steps).toEqual(everyOnce);
    for (const { path } of this.#journals) expect(existsSync(path)).toBe(false);
  }

  #append(journal: JournalWriter, values: readonly number[]): void {
    const time = Date.now();
    const sets = ["a", "b"].map((key) => journal.keySet([key, "value"], { ids: true }));
    appendBatch(
      journal,
      values.map((value) => ({
        set: sets[value % 2]!,
        record: [0, null, time, value / 7, value, `id ${value}`],
      })),
    );
  }
}

function startFolder(root: string, random: () => number): ChildProcess {
  const pieceBytes = String(Math.floor(200 + 20_000 * random()));
  const file = join(import.meta.dirname, "fold-forever.ts");
  return spawn(process.execPath, [file, root, pieceBytes], {
    stdio: ["pipe", "ignore", "inherit"],
  });
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    throw new Error(`A folder ended by itself: ${child.exitCode ?? child.signalCode}.`);
  }
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

function stepOf(row: Row): number {
  const values = row.values as { loss: number };
  expect(values.loss).toBe(Number(row.step) / 7);
  return Number(row.step);
}

/** Numbers in [0, 1), the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

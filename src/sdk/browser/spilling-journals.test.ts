import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryJournals } from "./memory-journals.ts";
import { SpillingJournals } from "./spilling-journals.ts";

const FACTS = {
  writer: "w1",
  serverUrl: "http://localhost:1",
  projectKey: "p",
  run: "r",
  mustExist: false,
  begunAtMs: 0,
  sentBytes: 0,
  isClosed: false,
};

/** Writings of one byte each. */
function writing(offset: number) {
  const bytes = new Uint8Array([offset]);
  return {
    journal: { ...FACTS, sizeBytes: offset + 1 },
    chunks: [{ writer: "w1", offset, bytes }],
    blobs: [],
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("what the browser refuses is held, read in its place, and kept when there is room again", async () => {
  const kept = new MemoryJournals();
  const troubles: unknown[] = [];
  const journals = new SpillingJournals(kept, (error) => troubles.push(error));
  const write = kept.write.bind(kept);
  const full = () => Promise.reject(new Error("QuotaExceededError"));
  const all = () => journals.read("w1", 0, 1e9);

  await journals.write(writing(0));
  kept.write = full;
  await journals.write(writing(1));
  kept.write = write;
  // Not with each line: all that is held goes at once.
  await journals.write(writing(2));
  expect([...(await kept.read("w1", 0, 1e9))]).toEqual([0]);
  expect([...(await all())]).toEqual([0]);
  expect([...(await journals.read("w1", 1, 1e9))]).toEqual([1, 2]);
  expect(await journals.journal("w1")).toMatchObject({ sizeBytes: 3, sentBytes: 0 });
  await journals.noteSent("w1", 1);
  expect(await journals.journal("w1")).toMatchObject({ sizeBytes: 3, sentBytes: 1 });

  vi.setSystemTime(10_000);
  await journals.write(writing(3));
  expect([...(await kept.read("w1", 0, 1e9))]).toEqual([0, 1, 2, 3]);
  expect([...(await all())]).toEqual([0, 1, 2, 3]);
  expect(troubles).toHaveLength(1);
});

test("a line that was kept behind one that was not is read behind it", async () => {
  const kept = new MemoryJournals();
  const journals = new SpillingJournals(kept, () => undefined);
  const write = kept.write.bind(kept);
  kept.write = () => Promise.reject(new Error("QuotaExceededError"));
  const first = journals.write(writing(0));
  kept.write = write;
  await Promise.all([first, journals.write(writing(1))]);
  expect([...(await journals.read("w1", 0, 1e9))]).toEqual([0]);
  expect([...(await journals.read("w1", 1, 1e9))]).toEqual([1]);
});

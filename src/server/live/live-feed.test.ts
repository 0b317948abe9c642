import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changeEventSchema } from "../../protocol/api.ts";
import { LiveFeed, type LiveSubscription, type RunChange } from "./live-feed.ts";
import { streamEvents } from "./stream-events.ts";

let feed: LiveFeed;

beforeEach(() => {
  vi.useFakeTimers();
  feed = new LiveFeed();
});

afterEach(() => {
  feed.close();
  vi.useRealTimers();
});

const point = (id: string, step: number): RunChange => {
  return { id, step, time: 1000 + step, newKeys: false, facts: false };
};

/** What comes next, as time goes on. */
async function nextOf(subscription: LiveSubscription): Promise<string | undefined> {
  const next = subscription.next();
  await vi.advanceTimersByTimeAsync(30_000);
  return next;
}

function parse(text: string | undefined) {
  return text!
    .trim()
    .split("\n\n")
    .map((event) => {
      const fields = Object.fromEntries(event.split("\n").map((line) => line.split(/: (.*)/)));
      return { name: fields.event, id: fields.id, data: JSON.parse(fields.data) as unknown };
    });
}

test("a page is greeted, and then told what changes", async () => {
  const subscription = feed.subscribe({});
  expect(parse(await nextOf(subscription))).toMatchObject([
    { name: "hello", data: { missed: false } },
  ]);
  feed.publish("vision", [point("a", 5)]);
  const [change] = parse(await nextOf(subscription));
  expect(change!.name).toBe("change");
  expect(changeEventSchema.parse(change!.data)).toEqual({
    project: "vision",
    runs: [{ id: "a", step: 5, time: 1005, newKeys: false, facts: false }],
  });
});

test("changes that nobody took yet are merged: the lowest step, all that is new", async () => {
  const subscription = feed.subscribe({});
  await nextOf(subscription);
  for (let step = 50; step > 10; step--) feed.publish("vision", [point("a", step)]);
  feed.publish("vision", [{ id: "a", newKeys: true, media: true, facts: false }]);
  feed.publish("vision", [{ id: "b", newKeys: false, facts: true }]);
  feed.publish("audio", [point("c", 1)]);
  expect(parse(await nextOf(subscription)).map(({ data }) => data)).toEqual([
    {
      project: "vision",
      runs: [
        { id: "a", step: 11, time: 1011, newKeys: true, media: true, facts: false },
        { id: "b", newKeys: false, facts: true },
      ],
    },
    { project: "audio", runs: [{ id: "c", step: 1, time: 1001, newKeys: false, facts: false }] },
  ]);
});

test("at most four events a second reach a page", async () => {
  const subscription = feed.subscribe({});
  await nextOf(subscription);
  let events = 0;
  const take = async () => {
    while ((await subscription.next()) !== undefined) events += 1;
  };
  const taken = take();
  for (let i = 0; i < 200; i++) {
    feed.publish("vision", [point("a", i)]);
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(events).toBeGreaterThanOrEqual(7);
  expect(events).toBeLessThanOrEqual(9);
  feed.close();
  await taken;
});

test("a page that asks for one project hears of no other", async () => {
  const subscription = feed.subscribe({ project: "vision" });
  await nextOf(subscription);
  feed.publish("audio", [point("a", 1)]);
  feed.publish("vision", [point("b", 1)]);
  expect(parse(await nextOf(subscription)).map(({ data }) => data)).toMatchObject([
    { project: "vision", runs: [{ id: "b" }] },
  ]);
});

test("a silent connection is kept alive by a comment, less than 1 kB in 20 s", async () => {
  const subscription = feed.subscribe({});
  const hello = await nextOf(subscription);
  expect(await nextOf(subscription)).toBe(": keep-alive\n\n");
  expect(hello!.length).toBeLessThan(200);
});

test("a page that comes back is told whether it missed something", async () => {
  const first = feed.subscribe({});
  await nextOf(first);
  feed.publish("vision", [point("a", 1)]);
  const id = parse(await nextOf(first))[0]!.id as string;
  first.close();
  const same = feed.subscribe({ lastEventId: id });
  expect(parse(await nextOf(same))).toMatchObject([{ id, data: { missed: false } }]);
  feed.publish("vision", [point("a", 2)]);
  const late = feed.subscribe({ lastEventId: id });
  expect(parse(await nextOf(late))).toMatchObject([{ data: { missed: true } }]);
  const elsewhere = new LiveFeed().subscribe({ lastEventId: id });
  expect(parse(await nextOf(elsewhere))).toMatchObject([{ data: { missed: true } }]);
});

test("a slow page costs no more than a list of runs, and then one word for all", async () => {
  const subscription = feed.subscribe({});
  await nextOf(subscription);
  for (let i = 0; i < 5_000; i++) feed.publish("vision", [point(`run-${i}`, i)]);
  expect(parse(await nextOf(subscription)).map(({ data }) => data)).toEqual([
    { project: "vision", runs: [] },
  ]);
});

test("a stream that is cancelled leaves nothing behind", async () => {
  const stream = streamEvents(feed.subscribe({}));
  expect(feed.size).toBe(1);
  await stream.cancel();
  expect(feed.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("how far a first reading has come is told to each page, the newest only, and to one that comes later", async () => {
  const early = feed.subscribe({});
  await nextOf(early);
  feed.publishReading({ done: 1, total: 10 });
  feed.publishReading({ done: 2, total: 10 });
  expect(parse(await nextOf(early))).toMatchObject([
    { name: "reading", data: { done: 2, total: 10 } },
  ]);
  const late = feed.subscribe({});
  expect(parse(await nextOf(late))).toMatchObject([{ name: "hello" }]);
  expect(parse(await nextOf(late))).toMatchObject([
    { name: "reading", data: { done: 2, total: 10 } },
  ]);
  feed.publish("p", [point("a", 1)]);
  feed.publishReading({ done: 10, total: 10 });
  expect(parse(await nextOf(late)).map(({ name }) => name)).toEqual(["change", "reading"]);
  const after = feed.subscribe({});
  await nextOf(after);
  expect(await nextOf(after)).toBe(": keep-alive\n\n");
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Playable, PlayGroup } from "./play-group.ts";

/** A video whose time passes when it is told to. */
class Clip implements Playable {
  currentTime = 0;
  playbackRate = 1;
  paused = true;
  duration: number;
  readonly #listeners = new Map<string, () => void>();

  constructor(duration: number) {
    this.duration = duration;
  }

  play(): void {
    this.paused = false;
  }

  pause(): void {
    this.paused = true;
  }

  addEventListener(type: string, listener: () => void): void {
    this.#listeners.set(type, listener);
  }

  removeEventListener(type: string): void {
    this.#listeners.delete(type);
  }

  /** The file said how long it is only at its end. */
  lasts(duration: number): void {
    this.duration = duration;
    this.#listeners.get("durationchange")?.();
  }

  pass(seconds: number): void {
    if (this.paused) return;
    this.currentTime = Math.min(this.duration, this.currentTime + seconds * this.playbackRate);
    if (this.currentTime === this.duration) this.paused = true;
  }
}

let frames: (() => void)[] = [];

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  vi.stubGlobal("cancelAnimationFrame", () => {
    frames = [];
  });
});
afterEach(() => vi.unstubAllGlobals());

function pass(clips: readonly Clip[], seconds: number): void {
  for (const clip of clips) clip.pass(seconds);
  for (const frame of frames.splice(0)) frame();
}

test("all videos play from one clock, the shorter one waits at its end until all begin again", () => {
  const group = new PlayGroup();
  const [long, short] = [new Clip(3), new Clip(2)];
  group.join(long);
  group.join(short);
  expect(group.duration()).toBe(3);
  group.play();
  pass([long, short], 1);
  expect([long.currentTime, short.currentTime, group.time()]).toEqual([1, 1, 1]);
  pass([long, short], 1.5);
  expect([long.currentTime, short.currentTime]).toEqual([2.5, 2]);
  pass([long, short], 1);
  expect([long.currentTime, short.currentTime]).toEqual([0, 0]);
  expect([long.paused, short.paused]).toEqual([false, false]);
});

test("a video that falls behind is put right", () => {
  const group = new PlayGroup();
  const [leader, slow] = [new Clip(5), new Clip(4)];
  group.join(leader);
  group.join(slow);
  group.play();
  leader.pass(1);
  slow.pass(0.2);
  for (const frame of frames.splice(0)) frame();
  expect(slow.currentTime).toBe(1);
});

test("without a loop all stop at the end, and play begins at the beginning", () => {
  const group = new PlayGroup();
  const clip = new Clip(2);
  group.join(clip);
  group.setLooping(false);
  group.play();
  pass([clip], 2);
  expect(group.isPlaying()).toBe(false);
  expect(group.time()).toBe(2);
  group.play();
  expect(clip.currentTime).toBe(0);
  expect(clip.paused).toBe(false);
});

test("frames are stepped one by one, speed is everyone's, and who comes later is put in step", () => {
  const group = new PlayGroup();
  const clip = new Clip(2);
  group.join(clip);
  group.step(1, 10);
  group.step(1, 10);
  expect(clip.currentTime).toBeCloseTo(0.25);
  group.step(-1, 10);
  expect(clip.currentTime).toBeCloseTo(0.15);
  group.setSpeed(2);
  const late = new Clip(4);
  const leave = group.join(late);
  expect(late.currentTime).toBeCloseTo(0.15);
  group.play();
  expect([clip.playbackRate, late.playbackRate]).toEqual([2, 2]);
  leave();
  expect(group.duration()).toBe(2);
});

test("a video that does not say how long it is leads nobody until it does", () => {
  const group = new PlayGroup();
  const [recorded, known] = [new Clip(Number.POSITIVE_INFINITY), new Clip(2)];
  group.join(recorded);
  expect(group.duration()).toBe(0);
  group.join(known);
  expect(group.duration()).toBe(2);
  recorded.lasts(3);
  expect(group.duration()).toBe(3);
});

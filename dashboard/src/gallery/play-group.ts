/**
 * Videos that play in step: one clock for all of them. The longest one leads; the
 * others follow it and are put right where they drift. A shorter one waits at its
 * end until all begin again.
 */

import { type Accessor, batch, createSignal } from "solid-js";

/** What the group needs of a video element. */
export interface Playable {
  currentTime: number;
  playbackRate: number;
  readonly duration: number;
  readonly paused: boolean;
  play(): Promise<void> | void;
  pause(): void;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;
/** Farther apart than this, in seconds, a follower is put right. */
const DRIFT_SECONDS = 0.06;
const FPS_UNKNOWN = 30;

export class PlayGroup {
  readonly isPlaying: Accessor<boolean>;
  /** Seconds from the beginning. */
  readonly time: Accessor<number>;
  /** Of the longest video, seconds; 0 until one is known. */
  readonly duration: Accessor<number>;
  readonly isLooping: Accessor<boolean>;
  readonly speed: Accessor<number>;
  readonly count: Accessor<number>;
  readonly #members = new Map<Playable, () => void>();
  readonly #set: {
    readonly playing: (value: boolean) => void;
    readonly time: (value: number) => void;
    readonly duration: (value: number) => void;
    readonly looping: (value: boolean) => void;
    readonly speed: (value: number) => void;
    readonly count: (value: number) => void;
  };
  #frame = 0;

  constructor() {
    const [isPlaying, playing] = createSignal(false);
    const [now, time] = createSignal(0);
    const [longest, duration] = createSignal(0);
    const [isLooping, looping] = createSignal(true);
    const [rate, speed] = createSignal(1);
    const [members, count] = createSignal(0);
    this.isPlaying = isPlaying;
    this.time = now;
    this.duration = longest;
    this.isLooping = isLooping;
    this.speed = rate;
    this.count = members;
    this.#set = { playing, time, duration, looping, speed, count };
  }

  /** Takes a video into the group. Returns how to leave it. */
  join(video: Playable): () => void {
    const known = () => {
      this.#reckonDuration();
      this.#place(video, this.time());
      if (this.isPlaying()) this.#start(video);
    };
    this.#members.set(video, known);
    video.addEventListener("loadedmetadata", known);
    // A recorded stream says how long it is only when its end has been read.
    video.addEventListener("durationchange", known);
    if (video.duration > 0) known();
    this.#set.count(this.#members.size);
    return () => {
      video.removeEventListener("loadedmetadata", known);
      video.removeEventListener("durationchange", known);
      this.#members.delete(video);
      this.#reckonDuration();
      this.#set.count(this.#members.size);
      if (this.#members.size === 0) this.pause();
    };
  }

  play(): void {
    if (this.isPlaying() || this.#members.size === 0) return;
    if (this.time() >= this.duration() - DRIFT_SECONDS) this.seek(0);
    this.#set.playing(true);
    for (const video of this.#members.keys()) this.#start(video);
    this.#frame = requestAnimationFrame(this.#follow);
  }

  pause(): void {
    cancelAnimationFrame(this.#frame);
    this.#set.playing(false);
    for (const video of this.#members.keys()) {
      video.pause();
      this.#place(video, this.time());
    }
  }

  seek(seconds: number): void {
    const time = Math.max(0, Math.min(this.duration(), seconds));
    this.#set.time(time);
    for (const video of this.#members.keys()) {
      this.#place(video, time);
      if (this.isPlaying()) this.#start(video);
    }
  }

  /** One frame on or back. */
  step(by: 1 | -1, fps = FPS_UNKNOWN): void {
    this.pause();
    // A frame is met in its middle: its edges are a matter of rounding.
    const frame = Math.floor(this.time() * fps + 1e-6) + by;
    this.seek((Math.max(0, frame) + 0.5) / fps);
  }

  setSpeed(speed: number): void {
    this.#set.speed(speed);
    for (const video of this.#members.keys()) video.playbackRate = speed;
  }

  setLooping(isLooping: boolean): void {
    this.#set.looping(isLooping);
  }

  #follow = (): void => {
    const leader = this.#leader();
    if (!leader || !this.isPlaying()) return;
    const time = leader.currentTime;
    if (time >= leader.duration - 1e-3 || (leader.paused && time > 0)) {
      this.#atEnd();
      return;
    }
    this.#set.time(time);
    for (const video of this.#members.keys()) {
      if (video === leader || !(video.duration > 0) || time >= video.duration) continue;
      if (Math.abs(video.currentTime - time) > DRIFT_SECONDS) video.currentTime = time;
    }
    this.#frame = requestAnimationFrame(this.#follow);
  };

  #atEnd(): void {
    if (!this.isLooping()) {
      batch(() => {
        this.#set.time(this.duration());
        this.#set.playing(false);
      });
      for (const video of this.#members.keys()) video.pause();
      return;
    }
    this.seek(0);
    this.#frame = requestAnimationFrame(this.#follow);
  }

  #start(video: Playable): void {
    video.playbackRate = this.speed();
    if (this.time() >= video.duration) return;
    // A browser that does not let it play has its reasons; the frame stays where it is.
    void Promise.resolve(video.play()).catch(() => {});
  }

  #place(video: Playable, time: number): void {
    if (video.duration > 0) video.currentTime = Math.min(time, video.duration);
  }

  #leader(): Playable | undefined {
    let longest: Playable | undefined;
    for (const video of this.#members.keys()) {
      if (!Number.isFinite(video.duration)) continue;
      if (video.duration > (longest?.duration ?? 0)) longest = video;
    }
    return longest;
  }

  #reckonDuration(): void {
    this.#set.duration(this.#leader()?.duration ?? 0);
  }
}

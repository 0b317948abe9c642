/** Frames a second as a fraction, since videos count time in whole ticks: 29.97 is 2997/100. */

/** What `ffmpeg` and the clocks in files take without rounding. */
const LIMIT = 1_000_000;

export interface FrameRate {
  readonly frames: number;
  readonly seconds: number;
}

/** The fraction with the smallest terms that is `fps` within a billionth, or the nearest one whose terms are up to a million. */
export function toFrameRate(fps: number): FrameRate {
  const wanted = Math.min(Math.max(fps, 1 / LIMIT), LIMIT);
  // Continued fraction: each convergent is the nearest one of its size.
  let [frames, seconds, lastFrames, lastSeconds] = [Math.floor(wanted), 1, 1, 0];
  let rest = wanted - frames;
  while (rest > 1e-12 && Math.abs(frames / seconds - wanted) > wanted * 1e-9) {
    const term = Math.floor(1 / rest);
    const next = [term * frames + lastFrames, term * seconds + lastSeconds] as const;
    if (Math.max(...next) > LIMIT) break;
    [lastFrames, lastSeconds] = [frames, seconds];
    [frames, seconds] = next;
    rest = 1 / rest - term;
  }
  return { frames, seconds };
}

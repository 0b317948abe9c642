/** Runs whose pictures tell by their pixels which they are, for tests of pages that show them. */

import * as trackio from "../../src/sdk/index.ts";

const SIZE = 16;
const RUNS = ["one", "two", "three"];
export const STEPS = [0, 1000, 2000, 3000, 4000];
export const CAPTIONS = ["dusk", "noon", "night"];

/** Pixels that tell run, step and place, another one in each corner. */
export function pixelAt(run: number, step: number, place: number, x: number, y: number): number[] {
  return [run * 80 + x, (step / 1000) * 40 + y, place * 60 + (x < SIZE / 2 ? 10 : 0)];
}

export function picture(run: number, step: number, place: number, caption?: string) {
  const pixels = new Uint8Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      pixels.set(pixelAt(run, step, place, x, y), (y * SIZE + x) * 3);
    }
  }
  return new trackio.Image(pixels, { shape: [SIZE, SIZE, 3], caption });
}

/** A clip of one grey a frame. */
export function clip(frames: number) {
  const [height, width] = [32, 48];
  const pixels = new Uint8Array(frames * 3 * height * width);
  for (let frame = 0; frame < frames; frame += 1) {
    const size = 3 * height * width;
    pixels.fill(Math.round((frame / frames) * 255), frame * size, (frame + 1) * size);
  }
  return new trackio.Video(pixels, { shape: [frames, 3, height, width], fps: 10 });
}

function tone(): Uint8Array {
  const samples = 4410;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(22_050, 24);
  bytes.writeUInt32LE(44_100, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples * 2, 40);
  return bytes;
}

/** The project `media`: three runs with pictures, two of them with videos and sounds. */
export async function logMedia(root: string): Promise<void> {
  for (const [number, name] of RUNS.entries()) {
    const run = trackio.init({
      dir: root,
      project: "media",
      name,
      config: { optimizer: number === 0 ? "adam" : "sgd", epochs: 3 },
    });
    for (const step of STEPS) {
      // The third run stops early: it has nothing at the last two steps.
      if (number === 2 && step > 2000) break;
      const samples = CAPTIONS.map((caption, place) => picture(number, step, place, caption));
      run.log({ samples, "conv/kernels": picture(number, step, 3) }, { step });
    }
    if (number < 2) {
      run.log({ rollout: [clip(20), clip(30)], speech: new trackio.Audio(tone()) }, { step: 4000 });
    }
    await run.finish();
  }
}

/** The project `far`: a run whose steps are near each other, and one with a step far off. */
export async function logFarSteps(root: string): Promise<void> {
  for (const [number, name] of ["short", "long"].entries()) {
    const run = trackio.init({ dir: root, project: "far", name });
    for (const step of number === 0 ? [5, 6] : [5, 6, 1e9]) {
      const samples = CAPTIONS.map((caption, place) => picture(number, step % 7, place, caption));
      run.log({ samples }, { step });
    }
    await run.finish();
  }
}
